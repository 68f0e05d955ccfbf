"""A vocabulary numbers the symbols of a text, and gives the text back."""

import json
import sys
import unicodedata
from itertools import pairwise

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given

from teachrnn.data import UNKNOWN, VOCABULARIES, Vocabulary, WordVocabulary
from teachrnn.data.vocabulary import _code_points
from teachrnn.data.word_vocabulary import marks
from teachrnn.errors import DomainError, FileFormatError

KINDS = pytest.mark.parametrize("kind", VOCABULARIES.values(), ids=list(VOCABULARIES))
PIECES = "ab'\u2019_ \n-<>\u00e9\U0001f600\u0301\u0302\u093f\u200c\u200d"  # marks and joiners at the end
TEXT = st.text(max_size=60) | st.text(st.sampled_from(PIECES), max_size=60)


@KINDS
@given(text=TEXT)
def test_decoding_what_was_encoded_gives_the_text(kind, text):
    vocabulary = kind.of(text)
    numbers = vocabulary.encode(text)
    assert numbers.dtype == np.intp
    assert vocabulary.decode(numbers) == vocabulary.decode(iter(numbers.tolist())) == text
    assert list(vocabulary.symbols) == sorted(set(vocabulary.symbols))
    assert set(numbers.tolist()) == set(range(len(vocabulary)))


@KINDS
@example(text="don't", cuts=[4])
@example(text="!\u0301 e\u0301'e\u0301", cuts=[1, 4, 5, 6])
@given(text=TEXT, cuts=st.lists(st.integers(0, 60), max_size=8))
def test_a_text_in_blocks_gives_the_same_vocabulary_and_tokens_as_the_whole(kind, text, cuts):
    edges = [0, *sorted(cuts), 60]
    blocks = [text[a:b] for a, b in pairwise(edges)]
    vocabulary = kind.of(iter(blocks))
    assert vocabulary == kind.of(text)
    pieces = list(kind.whole(blocks))
    assert "".join(pieces) == text
    numbers = [n for piece in pieces for n in vocabulary.encode(piece)]
    assert numbers == vocabulary.encode(text).tolist()


@KINDS
@given(text=TEXT)
def test_a_vocabulary_survives_json(kind, text):
    vocabulary = kind.of(text)
    stored = json.loads(json.dumps(vocabulary.to_dict()))
    assert stored["kind"] == kind.name
    again = Vocabulary.from_dict(stored)
    assert type(again) is kind
    assert again == vocabulary
    assert hash(again) == hash(vocabulary)


@given(text=TEXT)
def test_characters_are_encoded_as_their_positions_among_the_symbols(text):
    vocabulary = Vocabulary.of(text)
    number = {symbol: i for i, symbol in enumerate(vocabulary.symbols)}
    assert vocabulary.encode(text).tolist() == [number[c] for c in text]


def test_the_order_of_symbols_given_is_kept():
    assert Vocabulary(["z", "a"]).encode("az").tolist() == [1, 0]


@pytest.mark.parametrize("unknown", ["x", "\u00e9", "\U0001f600", "\ud800", "\0"])
def test_an_unknown_character_is_named_with_its_position(unknown):
    code = f"{ord(unknown):04X}"
    with pytest.raises(DomainError, match=rf"\(U\+{code}\) at position 3 is not among the 2 char"):
        Vocabulary.of("ab").encode(f"aba{unknown}xyz")
    with pytest.raises(DomainError, match="at position 1003 "):
        Vocabulary.of("ab").encode(f"aba{unknown}", before=1000)


@KINDS
@pytest.mark.parametrize("number", [-1, 2, 300])
def test_a_number_without_a_symbol_is_refused(kind, number):
    with pytest.raises(DomainError, match=f"no symbol has the number {number}: there are 0 to 1"):
        kind.of("a a").decode([0, number, 1])


def test_vocabularies_of_different_kinds_differ_even_with_equal_symbols():
    assert Vocabulary.of("a b") != WordVocabulary.of("a b")
    assert Vocabulary.of("ab") != "ab"
    assert repr(WordVocabulary.of("a b")) == "<WordVocabulary: 3 words>"


def test_words_keep_their_apostrophes_and_every_other_character_is_a_symbol():
    text = "Don't _stop_,\n\u201cO\u2019Neil\u201d said  'so' 3 times."
    vocabulary = WordVocabulary.of(text)
    symbols = [vocabulary.symbols[i] for i in vocabulary.encode(text)]
    assert symbols == [
        *("Don't", " ", "_", "stop", "_", ",", "\n", "\u201c", "O\u2019Neil", "\u201d", " ", "said"),
        *(" ", " ", "'", "so", "'", " ", "3", " ", "times", "."),
    ]


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("cafe\u0301 noir", ["cafe\u0301", " ", "noir"]),
        ("हिन्दी में", ["हिन्दी", " ", "में"]),
        ("தமிழ், বাংলা", ["தமிழ்", ",", " ", "বাংলা"]),
        ("שָׁלוֹם עוֹלָם", ["שָׁלוֹם", " ", "עוֹלָם"]),
        ("السَّلَامُ عليكم", ["السَّلَامُ", " ", "عليكم"]),
        ("می\u200cروم خانه", ["می\u200cروم", " ", "خانه"]),
        ("ക്\u200dഷ അവന്\u200d.", ["ക്\u200dഷ", " ", "അവന്\u200d", "."]),
        ("l'e\u0301te\u0301", ["l'e\u0301te\u0301"]),
        ("5\u20e3 \u2764\ufe0f!", ["5\u20e3", " ", "\u2764\ufe0f", "!"]),
        ("a \u0301b\n\u0301", ["a", " ", "\u0301", "b", "\n", "\u0301"]),
        ("_\u0301x", ["_\u0301", "x"]),
    ],
)
def test_letters_and_symbols_keep_their_combining_marks(text, symbols):
    vocabulary = WordVocabulary.of(text)
    assert [vocabulary.symbols[i] for i in vocabulary.encode(text)] == symbols


def test_every_mark_of_unicode_is_known():
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith("M"):
            assert chr(code) in marks()


def test_a_letter_with_very_many_marks_is_one_word_and_found_quickly():
    wild = "e" + "\u0301" * 5000
    assert WordVocabulary.of(wild).symbols == (wild,)
    with pytest.raises(DomainError, match="neither one word nor one character"):
        WordVocabulary([wild + "!"])


def test_a_letter_and_its_mark_are_two_characters_unless_composed():
    assert Vocabulary.of("e\u0301").symbols == ("e", "\u0301")
    assert Vocabulary.of(unicodedata.normalize("NFC", "e\u0301")).symbols == ("\u00e9",)


def test_tokens_are_indexed_by_numbers_that_fit_a_32_bit_pointer():
    """NumPy indexes only with integers that fit a pointer, which has 32 bits in a browser."""
    assert np.can_cast(_code_points("a").dtype, np.int32, "safe")
    assert Vocabulary.of("\U0010ffff").decode([0]) == "\U0010ffff"


def test_a_limit_keeps_the_most_frequent_symbols_and_the_first_of_equally_frequent_ones():
    text = "d c b a a b a"  # six blanks, three a, two b, then c and d once
    assert WordVocabulary.of(text, max_symbols=5).symbols == (" ", UNKNOWN, "a", "b", "c")
    assert WordVocabulary.of(text, max_symbols=2).symbols == (" ", UNKNOWN)
    assert WordVocabulary.of(text, max_symbols=99).symbols == (" ", UNKNOWN, "a", "b", "c", "d")


def test_an_unknown_word_is_a_symbol_with_a_limit_and_refused_without():
    capped = WordVocabulary.of("a b a", max_symbols=3)
    assert capped.decode(capped.encode("b a zoo")) == f"{UNKNOWN} a {UNKNOWN}"
    with pytest.raises(DomainError, match="the word 'zoo' at position 4 is not among the 3 symbols"):
        WordVocabulary.of("a b").encode("b a zoo")
    with pytest.raises(DomainError, match="at position 14 "):
        WordVocabulary.of("a b").encode("b a zoo", before=10)


def test_the_unknown_symbol_is_never_read_from_a_text():
    capped = WordVocabulary.of(UNKNOWN * 3, max_symbols=9)
    number = capped.symbols.index(UNKNOWN)
    assert number not in capped.encode(UNKNOWN)


def test_a_limit_too_small_for_any_word_is_refused():
    with pytest.raises(DomainError, match="max_symbols is 1"):
        WordVocabulary.of("a b", max_symbols=1)


@pytest.mark.parametrize(
    ("kind", "symbols", "expected"),
    [
        (Vocabulary, ["a", "b", "a"], "the symbol 'a' occurs twice"),
        (Vocabulary, ["a", "bc"], "the symbol 'bc' is not one character"),
        (Vocabulary, [""], "the symbol '' is not one character"),
        (WordVocabulary, ["a b"], "the symbol 'a b' is neither one word nor one character"),
        (WordVocabulary, ["a", "a"], "the symbol 'a' occurs twice"),
    ],
)
def test_invalid_symbols_are_refused(kind, symbols, expected):
    with pytest.raises(DomainError, match=expected):
        kind(symbols)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (
            {"kind": "syllables", "symbols": []},
            "no vocabulary is named 'syllables'; there are: characters, w",
        ),
        ({}, "no vocabulary is named ''"),
        ({"kind": "words"}, "must be a list of strings"),
        ({"kind": "words", "symbols": "ab"}, "must be a list of strings"),
        ({"kind": "words", "symbols": [1]}, "must be a list of strings"),
    ],
)
def test_an_invalid_stored_vocabulary_is_refused(stored, expected):
    with pytest.raises(FileFormatError, match=expected):
        Vocabulary.from_dict(stored)
