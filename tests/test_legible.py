"""Texts of others: every character is seen, none is obeyed, and what can be read is left alone."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from teachrnn.views.legible import legible, printable
from teachrnn.views.visible_symbol import SIGNS, visible_symbol

FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
ALONE = ["\u200d", "\u200c", "\ufe0f", "\U000e0100", "\u034f", "\u00ad", "\u200b", "\ufeff", "\u202e"]


def test_every_symbol_alone_leaves_a_mark_and_none_is_taken_for_another():
    codes = [*range(0x11000), *range(0x1F000, 0x1FB00), *range(0xE0000, 0xE0200), sys.maxunicode]
    shown = [visible_symbol(chr(code)) for code in codes]
    for sign in shown:
        assert unicodedata.category(sign[0])[0] not in "CZM", sign
        assert sign.isascii() or len(sign) <= 2
    assert len(set(shown)) == len(shown) - len(SIGNS)  # a sign can itself be a symbol of a text


@pytest.mark.parametrize("symbol", ALONE)
def test_symbol_that_cannot_be_seen_is_named_by_its_number(symbol):
    assert visible_symbol(symbol) == f"U+{ord(symbol):04X}"
    assert legible(symbol) == printable(symbol) == f"⟨U+{ord(symbol):04X}⟩"


@pytest.mark.parametrize("mark", ["\u0301", "\u093e", "\u20e3"])
def test_lone_mark_is_put_on_a_circle_and_one_that_has_a_letter_is_not(mark):
    assert visible_symbol(mark) == f"◌{mark}"
    assert legible(f"{mark} {mark}e{mark}\n{mark}") == f"◌{mark} ◌{mark}e{mark}\n◌{mark}"
    assert visible_symbol(f"e{mark}") == f"e{mark}"


@pytest.mark.parametrize(
    "text", [FAMILY, PERSIAN, "\u2764\ufe0f", "e\u0301", "10\u00a0km", "räksmörgås 木"]
)
def test_what_can_be_read_is_left_alone(text):
    assert legible(text) == printable(text) == text


def test_controls_are_shown_by_the_same_sign_wherever_they_stand():
    for code in (*range(0x20), 0x7F):
        character = chr(code)
        if character not in "\n\t\x03":  # a passage keeps the first two, and ends an item at the third
            assert legible(f"a{character}") == f"a{visible_symbol(character)}"
        assert printable(f"a{character}") == f"a{visible_symbol(character)}"


def test_blanks_are_shown_where_nothing_else_is():
    assert legible(" " * 200) == "␣" * 200
    assert legible("\n\n \t") == "↵\n↵\n␣⇥"
    assert legible("one \n\n  \ntwo\u00a0 three") == "one \n\n␣␣\ntwo\u00a0 three"
    assert legible("") == ""
