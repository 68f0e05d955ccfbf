"""Text, tokens, splits and items: what is read is what was written, and every error says where."""

import json
import tracemalloc

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from teachrnn.data import (
    END,
    Vocabulary,
    WordVocabulary,
    check_text,
    join_items,
    load_items,
    load_text_file,
    load_tokens,
    show_items,
    split,
    text_blocks,
)
from teachrnn.errors import DomainError, FileFormatError

# Characters of one to four bytes, the byte-order mark in the middle, and ends of lines of any kind.
ODD_TEXT = st.text(st.sampled_from("ab \r\n\u00e9\u20ac\U0001f600\ufeff'"), min_size=2, max_size=40)


@pytest.fixture
def written(tmp_path):
    def write(content, name="text.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("text") / "text.txt"


def with_lf(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(text=ODD_TEXT, bom=st.booleans(), block=st.integers(1, 7))
def test_a_file_read_in_blocks_of_any_size_gives_the_text(place, text, bom, block):
    place.write_bytes((b"\xef\xbb\xbf" if bom else b"") + text.encode())
    first_is_a_mark = text.startswith("\ufeff") and not bom
    expected = with_lf(text[1:] if first_is_a_mark else text)
    if len(expected) < 2:
        with pytest.raises(FileFormatError, match="at least two are needed"):
            load_text_file(place)
    else:
        blocks = list(text_blocks(place, block=block))
        assert "".join(blocks) == expected == load_text_file(place)
        assert all(len(piece) <= block + 3 for piece in blocks)


@given(text=ODD_TEXT, rest=ODD_TEXT, bom=st.booleans(), block=st.integers(1, 7))
def test_the_first_bad_byte_is_named_with_position_and_line(place, text, rest, bom, block):
    good = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    place.write_bytes(good + b"\xff" + rest.encode())
    line = with_lf(text).count("\n") + 1
    expected = rf"is not UTF-8: byte 0xff at position {len(good)} \(line {line}\)\. If .*iconv"
    with pytest.raises(FileFormatError, match=expected):
        list(text_blocks(place, block=block))


@pytest.mark.parametrize("block", range(1, 8))
def test_a_character_cut_short_is_named_where_it_begins(written, block):
    for content in (b"ab\n\xe2\x82", b"ab\n\xe2\x82cd"):
        with pytest.raises(FileFormatError, match=r"byte 0xe2 at position 3 \(line 2\)"):
            list(text_blocks(written(content), block=block))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty: at least two are needed"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"a", "has one character, 'a'"),
        (b"\r\n", r"has one character, '\\n'"),
        (b"ab\0cd", r"binary file \(a zero byte at position 2\)"),
        ("hello".encode("utf-16"), "is UTF-16, not UTF-8. Convert it"),
    ],
)
@pytest.mark.parametrize("read", [load_text_file, load_tokens])
def test_files_that_are_not_text_are_refused(written, content, expected, read):
    with pytest.raises(FileFormatError, match=expected):
        read(written(content))


def test_a_zero_byte_is_counted_from_the_beginning_of_the_file(written):
    with pytest.raises(FileFormatError, match="a zero byte at position 10"):
        list(text_blocks(written(b"0123456789\0"), block=4))


@pytest.mark.parametrize("read", [load_text_file, load_tokens])
def test_a_folder_and_a_missing_file_are_refused(tmp_path, read):
    with pytest.raises(FileFormatError, match="is a folder: give a text file in it"):
        read(tmp_path)
    with pytest.raises(FileFormatError, match=r"cannot read .*none\.txt: No such file"):
        read(tmp_path / "none.txt")


def test_half_of_a_surrogate_pair_is_refused():
    with pytest.raises(FileFormatError, match="the text is not valid UTF-8 at character 2"):
        check_text("ab\ud800", where="the text")


# tokens


@given(text=ODD_TEXT, block=st.integers(1, 7))
@pytest.mark.parametrize("kind", [Vocabulary, WordVocabulary])
@pytest.mark.parametrize("in_memory", [0, 1000])
def test_tokens_of_a_file_are_those_of_its_text(place, kind, in_memory, text, block):
    place.write_text("aa" + text, encoding="utf-8", newline="")
    whole = load_text_file(place)
    made = kind.of(whole)
    given_ = None if kind is Vocabulary else made
    tokens, vocabulary = load_tokens(place, given_, in_memory=in_memory, block=block)
    assert vocabulary == made
    np.testing.assert_array_equal(tokens, made.encode(whole))
    assert isinstance(tokens, np.memmap) == (in_memory == 0)
    assert tokens.dtype == np.uint8
    assert not tokens.flags.writeable


@pytest.mark.parametrize(("symbols", "dtype"), [(256, np.uint8), (257, np.uint16), (65_537, np.uint32)])
def test_tokens_have_the_smallest_type(written, symbols, dtype):
    text = "".join(chr(0x10000 + i) for i in range(symbols))
    tokens, vocabulary = load_tokens(written(text))
    assert len(vocabulary) == symbols
    assert tokens.dtype == dtype
    assert tokens[-1] == symbols - 1


def test_an_unknown_symbol_is_named_with_its_position_in_the_file(written):
    with pytest.raises(DomainError, match=r"character 'c' \(U\+0063\) at position 7 is not among"):
        load_tokens(written("abababac"), Vocabulary.of("ab"), block=3)
    with pytest.raises(DomainError, match="the word 'cow' at position 5 is not among"):
        load_tokens(written("a    cow a"), WordVocabulary.of("a dog"), block=3)


def test_a_temporary_file_that_cannot_be_written_is_named(written, tmp_path):
    with pytest.raises(FileFormatError, match=r"in a temporary file in .*nowhere.* folder="):
        load_tokens(written("hello"), in_memory=0, folder=tmp_path / "nowhere")


def test_the_temporary_file_is_removed_with_the_tokens(written, tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    tokens, vocabulary = load_tokens(written("hello"), in_memory=0, folder=folder)
    assert list(folder.iterdir()) == []  # without a name from the start
    assert vocabulary.decode(tokens) == "hello"


def test_memory_does_not_grow_with_the_file(tmp_path):
    """A line has 35 bytes, so that characters of several bytes and CR LF cross the edges of blocks."""
    line = "na\u00efve \u20ac5, \U0001f600 \u201cwell\u201d, yes\r\n"
    assert len(line.encode()) == 35

    def most(lines):
        path = tmp_path / "long.txt"
        path.write_bytes(line.encode() * lines)
        tracemalloc.start()
        try:
            tokens, vocabulary = load_tokens(path, in_memory=1 << 20)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert isinstance(tokens, np.memmap)
        assert len(tokens) == lines * (len(line) - 1)
        assert vocabulary.decode(tokens[-24:]) == with_lf(line)
        return peak

    short, long = most(50_000), most(250_000)  # 1.7 and 8.7 MB
    assert long < 1.05 * short
    assert long < 8 << 20


# parts


def test_the_end_of_the_text_is_held_out_and_nothing_is_copied():
    tokens = np.arange(100)
    train, held_out = split(tokens, validation=0.25)
    assert (train[0], train[-1], held_out[0], held_out[-1]) == (0, 74, 75, 99)
    assert np.shares_memory(train, tokens)
    assert np.shares_memory(held_out, tokens)


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, float("nan")])
def test_an_invalid_share_is_refused(share):
    with pytest.raises(DomainError, match="must be between 0 and 1"):
        split(np.arange(100), validation=share)


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_a_split_with_a_part_of_fewer_than_two_symbols_is_refused(share):
    with pytest.raises(DomainError, match=r"a text of 10 symbols cannot be split .* each needs two"):
        split(np.arange(10), validation=share)


def test_a_text_of_items_is_split_between_two_items():
    text = np.array([9, 1, 2, 3, 9, 4, 5, 9, 6, 9])
    train, held_out = split(text, validation=0.5, end=9)
    assert train.tolist() == [9, 1, 2, 3, 9, 4, 5, 9]
    assert held_out.tolist() == [9, 6, 9]
    with pytest.raises(DomainError, match="cannot be split"):
        split(text, validation=0.1, end=9)


# items


def test_items_are_read_from_lines_json_lines_and_an_array(written):
    items = ["hello \u20ac", "a [b] {c}"]
    objects = [{"id": 1, "text": item} for item in items]
    assert load_items(written("\n".join([*items, "", ""]))) == items
    assert load_items(written("\n\n".join(map(json.dumps, objects)), "tweets.jsonl")) == items
    assert load_items(written(json.dumps(objects, indent=2), "condensed_2009.json")) == items
    assert load_items(written('{"t": "a\\r\\nb"}\n', "x.NDJSON"), field="t", max_characters=2) == ["a\n"]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("x.jsonl", '{"text": "a"}\n{"text": \n', r"x\.jsonl, line 2 is not JSON \(column 1\d:"),
        ("x.jsonl", '{"text": "a"}\n["b"]', r"line 2 is not an object with a field 'text', but \['b'\]"),
        (
            "x.jsonl",
            '{"text": "a"}\n{"b": 1, "a": 2}',
            r"line 2 has no text in a field 'text'.*: a, b\.",
        ),
        ("x.jsonl", '{"text": "a"}\n{"text": 5}', "line 2 has no text in a field 'text'"),
        ("x.jsonl", '{"text": "a"}\n{"text": "b\\ud83d"}', r"line 2: character 1 .* U\+D83D, is half"),
        ("x.json", '[\n{"text": "a"},\n{"text" "b"}]', r"x\.json, line 3 is not JSON"),
        ("x.json", '{"text": "a"}\n{"text": "b"}', r"line 2 is not JSON .* end in \.jsonl"),
        ("x.json", '{"text": "a"}', r"x\.json holds no array of objects"),
        ("x.json", '[{"text": "a"}, {"full_text": "b"}]', r"object 2 of the array has no text"),
        ("x.txt", "\n\n\n", "holds no item: all are empty"),
    ],
)
def test_a_malformed_item_is_named_by_file_and_line(written, name, content, expected):
    with pytest.raises(FileFormatError, match=expected):
        load_items(written(content, name))


def test_a_limit_below_one_is_refused(written):
    with pytest.raises(DomainError, match="`max_characters` is 0"):
        load_items(written("ab\ncd"), max_characters=0)


def test_the_end_symbol_is_before_between_and_after_items():
    assert join_items(iter(["ab", "c"])) == f"{END}ab{END}c{END}"
    with pytest.raises(DomainError, match=r"item 2 holds the end symbol '\\x03' at position 1"):
        join_items(["ab", f"c{END}"])
    with pytest.raises(DomainError, match="there are no items"):
        join_items([])
    assert show_items(f"ab{END}c{END}") == "ab\N{SYMBOL FOR END OF TEXT}\nc\N{SYMBOL FOR END OF TEXT}\n"
