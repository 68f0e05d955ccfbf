"""Untrusted texts: every character is visible, none has an effect, legible ones are unchanged."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest

from teachrnn.recipes import Recipe
from teachrnn.report.setting import _text
from teachrnn.runs import Run, Source, small_network
from teachrnn.sampling import Temperature
from teachrnn.views.figures.next_symbol import next_symbol
from teachrnn.views.player.story_data import story_bytes
from teachrnn.views.story import tell
from teachrnn.views.story.introduction import introduction
from teachrnn.views.style.legible import legible, printable
from teachrnn.views.style.visible_symbol import SIGNS, visible_symbol
from teachrnn.views.terminal.time_line import TimeLine
from teachrnn.widgets.sampling_explorer import SamplingExplorer

FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
ALONE = ["\u200d", "\u200c", "\ufe0f", "\U000e0100", "\u034f", "\u00ad", "\u200b", "\ufeff", "\u202e"]


def test_every_symbol_is_visible_and_distinct_from_every_other():
    codes = [*range(0x11000), *range(0x1F000, 0x1FB00), *range(0xE0000, 0xE0200), sys.maxunicode]
    shown = [visible_symbol(chr(code)) for code in codes]
    for sign in shown:
        assert unicodedata.category(sign[0])[0] not in "CZM", sign
        assert sign.isascii() or len(sign) <= 2
    assert len(set(shown)) == len(shown) - len(SIGNS)  # a sign can itself be a symbol of a text


@pytest.mark.parametrize("symbol", ALONE)
def test_invisible_symbol_is_shown_as_its_code_point(symbol):
    assert visible_symbol(symbol) == f"U+{ord(symbol):04X}"
    assert legible(symbol) == printable(symbol) == f"⟨U+{ord(symbol):04X}⟩"


@pytest.mark.parametrize("hidden", ["\u200d", "\u200c", "\ufe0f"])
def test_joiner_or_selector_without_effect_is_shown_as_its_code_point(hidden):
    assert legible(f"red]{hidden}a{hidden}") == f"red]⟨U+{ord(hidden):04X}⟩a⟨U+{ord(hidden):04X}⟩"


@pytest.mark.parametrize("mark", ["\u0301", "\u093e", "\u20e3"])
def test_combining_mark_without_a_letter_is_put_on_a_circle(mark):
    assert visible_symbol(mark) == f"◌{mark}"
    assert legible(f"{mark} {mark}e{mark}\n{mark}") == f"◌{mark} ◌{mark}e{mark}\n◌{mark}"
    assert visible_symbol(f"e{mark}") == f"e{mark}"


@pytest.mark.parametrize(
    "text", [FAMILY, PERSIAN, "\u2764\ufe0f", "1\ufe0f\u20e3", "e\u0301", "10\u00a0km", "räksmörgås 木"]
)
def test_legible_text_is_not_changed(text):
    assert legible(text) == printable(text) == text


def test_control_characters_are_shown_by_the_same_glyph_everywhere():
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


def test_notebook_apps_show_what_was_written_as_a_report_does():
    app = SamplingExplorer.example()
    app.written = [app.trained.vocabulary.symbols.index(" ")] * 9
    assert f"<b>{'␣' * 9}</b>" in app.notes()


@pytest.mark.parametrize("symbol", ["\n", "\t", " ", "\x1b", "\u200d", "\u0301"])
def test_symbol_has_the_same_glyph_in_story_graph_terminal_and_figures(symbol):
    sign = visible_symbol(symbol)
    shown = small_network(f"a{symbol}b", hidden=2, updates=0)
    trace, symbols = shown.trace, shown.symbols
    assert printable(f"a{symbol}b") in introduction(shown)[0]
    steps = tell(trace, symbols)
    assert f"Step 2 reads “{sign}”" in [step.heading for step in steps]
    assert any(f"“{sign}” picks its own column" in step.sentence for step in steps)
    story = story_bytes(trace, symbols=symbols)
    head = json.loads(story[4 : 4 + int.from_bytes(story[:4], "little")])
    assert {n["name"]: n["symbol"] for n in head["nodes"]}["x[2]"] == sign
    reads = TimeLine(trace, steps, symbols).lines(steps, 0, 80)[1]
    assert reads.plain.split() == ["reads", "a", sign]
    bars = next_symbol([2.0, 1.0], Temperature(), ["a", symbol]).axes[0]
    drawn = "U+001B" if symbol == "\x1b" else sign  # for which the font has no sign
    assert [label.get_text() for label in bars.get_xticklabels()] == ["a", drawn]


def test_setting_of_a_report_shows_the_name_of_a_text():
    source = Source.of("hello world " * 20, name="a\x1b[31m:x:[b].txt")
    run = Run(Recipe.find("adam").but(hidden=2, length=5), source)
    assert dict(_text(run))["Text"] == "a␛[31m:x:[b].txt"
