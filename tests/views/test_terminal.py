"""The story in the terminal: every key works, every screen fits, the terminal is restored."""

from __future__ import annotations

import io
import os
import re
import select
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from patience import PATIENCE
from rich.console import Console

from teachrnn import Add, CharRNN, Multiply, Op, Tanh, Trace
from teachrnn.formulas.text import text as formula_text
from teachrnn.views.story import tell
from teachrnn.views.story.place import Places
from teachrnn.views.style.legible import printable
from teachrnn.views.style.number import format_number
from teachrnn.views.terminal import TerminalStepper, help_page, print_story
from teachrnn.views.terminal.array_text import Extent
from teachrnn.views.terminal.help_page import HelpPage
from teachrnn.views.terminal.key import SENT, named
from teachrnn.views.terminal.keyboard import Keyboard
from teachrnn.views.terminal.program_page import ProgramPage
from teachrnn.views.terminal.prompt import Prompt
from teachrnn.views.terminal.question import Question
from teachrnn.views.terminal.screen import screen
from teachrnn.views.terminal.strip import MARKED, strip
from teachrnn.views.terminal.why_page import WhyPage

TURN, LAST = 18, 36


def recorded(**options):
    model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0), **options)
    return model.record([0, 1, 2], [1, 2, 3])


def session(*keys, trace=None, **options):
    """A session in which these keys were pressed; a text of several characters is typed."""
    walk = TerminalStepper(trace or recorded(), list("abcd"), **options)
    return press(walk, *keys)


def press(walk, *keys):
    for key in keys:
        for name in [key] if key in SENT or len(key) == 1 else key:
            walk.press(name)
    return walk


def shown(walk, width=80, height=24):
    return "\n".join(line.plain.rstrip() for line in screen(walk, width, height))


def body(walk, width=100):
    return "\n".join(line.plain.rstrip() for line in walk.body(width))


# Every key --------------------------------------------------------------------------------------

SESSION_KEYS = {
    "Right": ((), lambda s: s.index, 1),
    "l": ((), lambda s: s.index, 1),
    "Enter": ((), lambda s: s.index, 1),
    "Left": (("G",), lambda s: s.index, LAST - 1),
    "h": (("G",), lambda s: s.index, LAST - 1),
    "Backspace": (("G",), lambda s: s.index, LAST - 1),
    "n": ((), lambda s: (s.index, s.step.t), (6, 2)),
    "p": (("n",), lambda s: (s.index, s.step.t), (5, 1)),
    "t": ((), lambda s: (s.index, s.step.phase), (TURN, "turn")),
    "g": (("t",), lambda s: s.index, 0),
    "Home": (("t",), lambda s: s.index, 0),
    "G": ((), lambda s: s.index, LAST),
    "End": ((), lambda s: s.index, LAST),
    ":": ((), lambda s: s.overlay and s.overlay.label, ":"),
    "/": ((), lambda s: s.overlay and s.overlay.label, "/"),
    "w": ((), lambda s: s.overlay and s.overlay.stepping, False),
    "i": ((), lambda s: s.overlay and s.overlay.stepping, True),
    "c": ((), lambda s: type(s.overlay), ProgramPage),
    "m": ((), lambda s: s.predicting, True),
    "a": ((), lambda s: s.everything, True),
    "Space": ((), lambda s: s.playing, True),
    "d": ((), lambda s: s.message, "no differences from your numbers"),
    "D": ((), lambda s: s.message, "no differences from your numbers"),
    "+": ((), lambda s: s.interval, 1 / 4),
    "-": ((), lambda s: s.interval, 1 / 1),
    "b": ((), lambda s: s.is_breakpoint, True),
    "B": (("n", "b", "g"), lambda s: s.index, 6),
    "Down": ((), lambda s: s.scroll, 1),
    "j": ((), lambda s: s.scroll, 1),
    "Up": (("Down", "Down"), lambda s: s.scroll, 1),
    "k": (("Down", "Down"), lambda s: s.scroll, 1),
    "PageDown": ((), lambda s: s.scroll, 1),
    "PageUp": (("Down", "Down"), lambda s: s.scroll, 1),
    "?": ((), lambda s: type(s.overlay), HelpPage),
    "Esc": (("Space",), lambda s: s.playing, False),
    "q": ((), lambda s: s.over, True),
}
WHY_KEYS = {
    "Right": ((), lambda p: p.index, (0, 1)),
    "l": ((), lambda p: p.index, (0, 1)),
    "Left": (("Right", "Right"), lambda p: p.index, (0, 1)),
    "h": (("Right", "Right"), lambda p: p.index, (0, 1)),
    "Down": ((), lambda p: p.index, (1, 0)),
    "j": ((), lambda p: p.index, (1, 0)),
    "Up": (("Down", "Right"), lambda p: p.index, (0, 1)),
    "k": (("Down", "Right"), lambda p: p.index, (0, 1)),
    "Tab": ((), lambda p: p.quantity.name != "dW", True),
    "i": ((), lambda p: (p.stepping, p.shown), (True, 1)),
    "Esc": ((), lambda p: p.open, False),
    "w": ((), lambda p: p.open, False),
    "Backspace": ((), lambda p: p.open, False),
}
PROMPT_KEYS = {
    "Enter": (("h[2]",), lambda s: (s.overlay, s.step.title), (None, "h[2] = Tanh(a[2])")),
    "Esc": (("h[2]",), lambda s: (s.overlay, s.index), (None, 0)),
    "Tab": (("do[", "3"), lambda s: s.overlay.text, "do[3]"),
    "Backspace": (("h[2",), lambda s: s.overlay.text, "h["),
}
HELP_KEYS = {key: ((), lambda s: s.overlay, None) for key in ("Esc", "?", "Enter")}


@pytest.mark.parametrize("key", [key for binding in TerminalStepper.bindings for key in binding.keys])
def test_every_key_of_a_session_does_what_it_says(key):
    before, look, expected = SESSION_KEYS[key]
    walk = session(*before)
    assert look(walk) != expected
    assert walk.press(key)
    assert look(walk) == expected


@pytest.mark.parametrize("key", [key for binding in WhyPage.bindings for key in binding.keys])
def test_every_key_of_the_why_page_does_what_it_says(key):
    before, look, expected = WHY_KEYS[key]
    page = session(":dW", "Enter", "w", *before).overlay
    assert page.quantity.name == "dW"
    assert look(page) != expected
    assert page.press(key)
    assert look(page) == expected


@pytest.mark.parametrize("key", [key for binding in Prompt.bindings for key in binding.keys])
def test_every_key_of_a_prompt_does_what_it_says(key):
    before, look, expected = PROMPT_KEYS[key]
    walk = session(":", *before)
    assert look(walk) != expected
    walk.press(key)
    assert look(walk) == expected


@pytest.mark.parametrize("key", [key for binding in ProgramPage.bindings for key in binding.keys])
def test_every_key_of_the_program_does_what_it_says(key):
    walk = session(":dW", "Enter", "c")
    assert walk.overlay is not None
    assert walk.press(key)
    assert walk.overlay is None


def test_program_opens_at_the_lines_of_the_step_which_are_marked():
    lines = shown(session(":", "dh[2]", "Enter", "c"), width=100, height=24).split("\n")
    marked = [line for line in lines if line.startswith("▌")]
    assert [line.strip("▌ ") for line in marked] == [
        "dV += np.outer(do, h[t])",
        "dc += do",
        "dh = V.T @ do + dh_next",
    ]
    step = body(session(":", "dh[2]", "Enter")).split("\n")
    assert [line for line in step if line.startswith("▌")] == [
        line.replace("     ", " ") for line in marked
    ]


def test_several_sequences_have_no_program_to_show():
    model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    walk = session("c", trace=model.record([[0, 1]], [[1, 2]]))
    assert walk.overlay is None
    assert "one sequence" in walk.message
    assert "in NumPy" not in body(walk)


@pytest.mark.parametrize("key", [key for binding in HelpPage.bindings for key in binding.keys])
def test_every_key_of_the_help_does_what_it_says(key):
    _, look, expected = HELP_KEYS[key]
    walk = session("?")
    assert look(walk) != expected
    walk.press(key)
    assert look(walk) == expected


def test_help_and_its_table_for_the_documentation_name_every_key():
    page = help_page()
    lines = "\n".join(line.plain for line in page.lines(Extent(100)))
    table = page.markdown()
    for kind in (TerminalStepper, WhyPage, Prompt):
        for binding in kind.bindings:
            assert re.search(
                rf"^  {re.escape(binding.signs)} +{re.escape(binding.does[:40])}", lines, re.M
            )
            assert f"| `{binding.signs}` | {binding.does} |" in table


def test_no_key_is_bound_twice():
    for kind in (TerminalStepper, WhyPage, Prompt, HelpPage, ProgramPage):
        keys = [key for binding in kind.bindings for key in binding.keys]
        assert len(keys) == len(set(keys))


def test_unbound_key_changes_nothing():
    walk = session("n")
    assert not walk.press("x")
    assert walk.index == 6


# Walking ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        (":h[2]", "h[2] = Tanh(a[2])"),
        (":dh[2]", "back through o[2] = Affine(h[2], V, c)"),  # where its second part arrives
        (":W", "r[1] = Affine(h[0], W, b)"),
        (":dW", "back through r[1] = Affine(h[0], W, b)"),
        ("3", "r[3] = Affine(h[2], W, b)"),
        ("/tanh", "h[1] = Tanh(a[1])"),
    ],
)
def test_jump_goes_to_the_step_where_a_name_is_made(typed, title):
    assert session(typed, "Enter").step.title == title


def test_completion_goes_as_far_as_the_names_agree_and_shows_them():
    walk = session(":do", "Tab")
    assert walk.overlay.text == "do["
    assert "do[1]  do[2]  do[3]" in " ".join(sorted(walk.overlay.near.split())).replace(" ", "  ")
    assert "no name begins like this" in shown(session(":zz", "Tab"))


def test_number_keeps_the_direction():
    walk = session("G", "3", "Enter")
    assert (walk.step.phase, walk.step.t) == ("backward", 3)


def test_search_for_an_operation_wraps_around_at_the_end():
    walk = session("/Tanh", "Enter", "/Tanh", "Enter")
    assert walk.step.title == "h[2] = Tanh(a[2])"
    press(walk, "G", "/Tanh", "Enter")
    assert walk.step.title == "h[1] = Tanh(a[1])"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (":dhh[3]", "near: dh[3]"),
        (":12", "they are 1 to 3"),
        ("/Tnah", "there are: Add, Affine, Embedding, SoftmaxCrossEntropy, Tanh"),
    ],
)
def test_jump_to_an_unknown_name_stays_and_says_what_exists(typed, answer):
    walk = session(typed, "Enter")
    assert walk.index == 0
    assert answer in walk.message
    assert answer.split()[-1] in shown(walk)


def test_every_name_of_the_story_is_found_at_a_step_that_shows_it():
    steps = tell(recorded())
    places = Places(steps)
    for name in places.names:
        step = steps[places.find(name, 0)]
        quantities = step.operands + [q for o in step.outcomes for q in o.quantities]
        assert name in [q.name for q in quantities]


def test_play_stops_at_a_breakpoint_on_both_ways_and_at_the_end():
    walk = session(":h[2]", "Enter", "b", "g")
    stops = []
    while walk.index < LAST:
        walk.press("Space")
        while walk.playing:
            walk.tick()
        stops.append((walk.step.phase, walk.step.title.removeprefix("back through ")))
    node = "h[2] = Tanh(a[2])"
    assert stops[:2] == [("forward", node), ("backward", node)]
    assert len(stops) == 3


def test_speed_can_be_changed_while_playing_and_any_other_key_pauses():
    walk = session("Space", "+", "+")
    assert walk.playing
    assert walk.interval == 1 / 8
    walk.press("Right")
    assert not walk.playing


# Screens ------------------------------------------------------------------------------------------

STATES = {
    "first": (),
    "turn": ("t",),
    "sum of two parts": (":dh[2]", "Enter"),
    "everything": (":dW", "Enter", "a"),
    "scrolled": (":dW", "Enter", "PageDown", "PageDown"),
    "why": (":dW", "Enter", "w", "Right"),
    "term by term": (":dh[2]", "Enter", "i", "Right"),
    "help": ("?",),
    "prompt": (":", "d", "Tab"),
    "miss": (":nothing of that name at all, however long it may be", "Enter"),
    "question": ("m", "Right"),
    "answer": ("m", "Right", "-0.3", "Enter"),
}


@pytest.mark.parametrize(
    "size", [(60, 16), (61, 17), (80, 24), (100, 40), (250, 90), (30, 8), (9, 3), (1, 1)]
)
@pytest.mark.parametrize("state", STATES)
def test_no_screen_is_wider_or_taller_than_the_window(state, size):
    width, height = size
    walk = session(*STATES[state], about=["Words about it. " * 9])
    lines = screen(walk, width, height)
    assert len(lines) <= height
    assert all(line.cell_len <= width for line in lines)
    if width >= 60:
        assert len(lines) == height


@pytest.mark.parametrize("size", [(60, 16), (80, 24)])
@pytest.mark.parametrize("state", ["first", "sum of two parts", "everything", "help"])
def test_lines_that_do_not_fit_are_counted_and_can_be_scrolled_to(state, size):
    walk = session(*STATES[state])
    wanted = [line.plain.rstrip() for line in walk.body(size[0] - 1)]
    top = middle(walk, size)
    assert top[:-1] == wanted[: len(top) - 1]
    assert top[-1] == f"… {len(wanted) - len(top) + 1} more lines, ↓"
    seen = set(top)
    for _ in range(3 * len(wanted)):
        walk.press("PageDown" if state == "help" else "Down")
        seen.update(middle(walk, size))
    end = middle(walk, size)
    assert end[1:] == wanted[len(wanted) - len(end) + 1 :]
    assert end[0] == f"… {len(wanted) - len(end) + 1} more lines above, ↑"
    assert set(wanted) <= seen


def middle(walk, size):
    """The lines between the progress line and what is being typed."""
    lines = shown(walk, *size).split("\n")
    rule = next(i for i, line in enumerate(lines) if line.startswith(("━", "─")))
    return lines[rule + 1 : -2]


def test_long_message_is_shown_whole():
    walk = session("/Tnah", "Enter")
    assert walk.message in re.sub(r"\s+", " ", shown(walk, 60, 16))


def test_time_line_shows_now_reached_and_not_yet():
    lines = shown(session(":dh[2]", "Enter")).split("\n")
    time, reads, forward, backward = (line.split() for line in lines[1:5])
    assert time == ["time", "1", "2", "3"]
    assert reads == ["reads", "a", "b", "c"]
    assert forward == ["forward", "●", "●", "●"]
    assert backward == ["backward", "○", "◉", "●"]


def test_time_line_of_a_long_sequence_keeps_the_present_step_in_sight():
    model = CharRNN(hidden=2, symbols=2, rng=np.random.default_rng(0))
    walk = session(trace=model.record([0, 1] * 60, [1, 0] * 60))
    press(walk, "77", "Enter")
    lines = shown(walk, 60, 20).split("\n")
    assert "77" in lines[1].split()
    assert lines[3].count("◉") == 1


def test_gradient_is_not_yet_before_it_arrives_and_incomplete_until_its_last_part():
    assert "dh[2]  not yet: backward has not reached it" in body(session(":h[2]", "Enter"))
    first = body(session(":∂h[2] via r[3]", "Enter"))
    assert re.search(r"dh\[2\]  not yet complete: 1 more part to come, the next at step \d+", first)
    assert "dh[2]  not yet" not in body(session(":dh[2]", "Enter"))


def test_the_two_parts_of_a_state_gradient_are_shown_separately_above_their_sum():
    walk = session(":dh[2]", "Enter")
    total = next(o.quantities[-1] for o in walk.step.outcomes if len(o.quantities) > 1)
    lines = body(walk).split("\n")
    at = -1
    for gutter, quantity in zip(" +=", (*total.made.parts, total), strict=True):
        at = next(
            i for i in range(at + 1, len(lines)) if lines[i].startswith(f"{gutter} {quantity.name}  3")
        )
        assert lines[at + 2].split() == [format_number(x) for x in quantity.data.tolist()]


def test_every_number_of_a_story_is_written_by_the_one_rule():
    walk = session("a")
    for index, step in enumerate(walk.steps):
        walk.index = index
        text = body(walk, 200)
        for quantity in step.operands + [q for o in step.outcomes for q in o.quantities]:
            for x in quantity.data.ravel().tolist():
                assert re.search(rf"(?<![\d.]){re.escape(format_number(x))}(?![\d.])", text)


def test_heat_strip_shows_sign_and_size_without_colour():
    text = strip([4.0, -2.0, 0.04, 0.0, np.nan, np.inf, -np.inf], 4.0, "gradient").plain
    assert text.split() == ["+█", "−▄", "+▁", "·", "??", "+∞", "−∞"]


def test_chosen_entry_is_visible_however_long_the_array():
    model = CharRNN(hidden=90, symbols=4, rng=np.random.default_rng(0))
    walk = session(":dW", "Enter", "w", trace=model.record([0, 1], [1, 2]))
    for place in (0, 47, 90 * 50 + 77, 90 * 90 - 1):
        walk.overlay.place = place
        marked = [
            span.style
            for line in walk.body(80)
            for span in line.spans
            if span.style == MARKED and line.plain[span.start : span.end].strip()
        ]
        assert len(marked) == 2  # once in the strip, once among the numbers
        number = format_number(float(walk.overlay.quantity.data[walk.overlay.index]))
        assert any(
            line.plain[span.start : span.end].strip() == number
            for line in walk.body(80)
            for span in line.spans
            if span.style == MARKED
        )


def test_long_arrays_are_cut_with_a_count_until_all_entries_are_requested():
    model = CharRNN(hidden=40, symbols=4, rng=np.random.default_rng(0))
    walk = session(trace=model.record([0, 1], [1, 2]))
    assert re.search(r"… \d+ more$", body(walk), re.M)
    assert "… 34 more rows" in body(walk)
    walk.press("a")
    text = body(walk, 60)
    assert not re.search(r"… \d+ (more|before|rows)", text)
    for x in walk.step.operands[1].data.ravel().tolist():
        assert format_number(x) in text


# Why, step by step, predicting ----------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["vanilla", "lstm", "gru"])
def test_terms_of_every_result_add_up_to_the_number(cell):
    walk = session(trace=recorded(cell=cell))
    for step in walk.steps:
        page = WhyPage(step)
        for _ in page.results:
            for place in range(page.quantity.data.size):
                page.place = place
                total = sum(term.value for term in page.answer.terms)
                assert total == pytest.approx(float(page.quantity.data[page.index]), abs=1e-12)
            page.next_result()


def test_gradient_of_a_parameter_is_taken_apart_into_its_time_steps():
    text = shown(session(":dW", "Enter", "w"), 100, 40)
    for t in (3, 2, 1):
        assert f"(∂W via r[{t}])[0, 0]" in text
    assert "sum of the 3 terms: dW[0, 0] = " in text


def test_stepping_into_a_product_shows_one_term_more_with_the_sum_so_far():
    walk = session("3", "Enter", "i")
    page = walk.overlay
    terms = page.answer.terms
    so_far = 0.0
    for count, term in enumerate(terms, start=1):
        so_far += term.value
        text = shown(walk, 100, 40)
        assert text.count("sum so far") == count
        assert f"sum so far {format_number(so_far)}" in text
        assert ("sum of the" in text) == (count == len(terms))
        walk.press("Right")
    assert (page.index, page.shown) == ((1,), 1)


def test_record_without_a_loss_has_no_backward_pass_and_says_so():
    trace = Trace()
    with trace.at(1):
        Tanh(trace.input("x", [1.0]), name="y")
    walk = session("t", trace=trace)
    assert walk.message == "no loss was recorded, so there is no backward pass"
    assert "no loss was recorded: there is no backward pass" in shown(walk)
    assert "dy[1]  not yet: no loss was recorded" in shown(walk)


def test_why_begins_with_the_chosen_result():
    assert session(":db", "Enter", "w").overlay.quantity.name == "db"
    assert session(":db", "Enter", "Left", "w").overlay.quantity.name != "db"


def test_question_hides_the_result_and_nothing_else_until_it_is_answered():
    walk = session("m", "Right")
    outcome = walk.step.outcomes[0]
    assert "u[1]  ?" in shown(walk)
    assert "largest" not in shown(walk)
    assert walk.step.heading in shown(walk)
    assert walk.step.sentence[:30] not in shown(walk)  # it may give numbers of the result
    number = Question.about(walk.step).number
    assert abs(number) == np.abs(outcome.quantities[0].data).max()
    press(walk, "1", "Enter")
    assert walk.question is None
    assert f"off by {format_number(abs(1 - number))}" in walk.message
    assert "u[1]  ?" not in shown(walk)
    assert f"predict {int(number > 0)}/1" in shown(walk, 60, 16)


def test_question_is_repeated_after_nonsense_and_dropped_with_esc():
    walk = session("m", "Right", "maybe", "Enter")
    assert "neither a sign" in walk.message
    assert walk.question is not None
    walk.press("Esc")
    assert (walk.question, walk.asked) == (None, 0)


@pytest.mark.parametrize(
    ("answer", "right"),
    [("+", False), ("-", True), ("−", True), ("0", False), ("-2", True), ("−0,5", True), ("3", False)],
)
def test_sign_is_judged_and_a_number_by_how_far_off_it_is(answer, right):
    judged, words = Question("a[1][0]", -0.5).judge(answer)
    assert judged == right
    assert "−0.500" in words
    assert ("off by" in words) == (answer not in "+-−0")


# Odd records ----------------------------------------------------------------------------------------

HOSTILE = ["\x1b[31mred", "bell\x07", "over\rwritten", "\x9b2J", "turned\u202e", "half\ud800", "a\nb\tc"]


@pytest.mark.parametrize("text", HOSTILE)
def test_untrusted_text_cannot_control_the_terminal(text):
    trace = Trace()
    with trace.at(1):
        x = trace.input("x", 0)
        name = Tanh(trace.input(text, [0.5]), name=text + "y")
    trace.loss(name)
    for keys in (("Right",), ("w",), ("m", "t"), (f":{text}z", "Enter")):
        walk = TerminalStepper(trace, [text], [text])
        press(walk, *keys)
        for index in range(len(walk.steps)):
            walk.index = index
            assert all(c.isprintable() or c == "\n" for c in shown(walk, 200, 50))
    assert x.name == "x[1]"
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    print_story(trace, symbols=[text], about=[text], console=Console(file=out, width=100))
    out.seek(0)
    assert all(c.isprintable() or c == "\n" for c in out.read())


def test_printable_text_is_not_changed():
    assert printable("h[3] = −0.5 “ä” 木") == "h[3] = −0.5 “ä” 木"


def test_nan_and_infinity_are_shown_as_such():
    trace = Trace()
    with np.errstate(all="ignore"):
        x = trace.input("x", [1e200, -1e200, 1.0])
        square = Multiply(x, x, name="s")
        difference = Add(
            square, Multiply(square, trace.input("m", [-1.0, -1.0, 1.0]), name="n"), name="d"
        )
        trace.loss(difference)
        walk = session(trace=trace)
    walk.index = 2
    text = shown(walk, 100, 40)
    assert "nan" in text
    assert "??" in text
    walk.index = 1
    assert "−∞" in shown(walk, 100, 40)
    for index in range(len(walk.steps)):
        walk.index = index
        press(walk, "w", "Esc")
    assert Question("d[0]", np.nan).judge("1") == (
        False,
        "d[0] = nan: not a number, which cannot be predicted",
    )


def test_operation_without_a_formula_and_a_record_without_time_are_stepped_through():
    class Thrice(Op, register=False):
        signature = "(n)->(n)"
        formula = staticmethod(lambda sp, x: 3 * x)
        forward = staticmethod(lambda x: 3 * x)
        dx = staticmethod(lambda dy, x, y: 3 * dy)

    trace = Trace()
    trace.loss(Thrice(trace.input("x", [1.0, 2.0]), name="y"))
    walk = session("w", trace=trace)
    press(walk, "Esc", "G", "w")
    assert "3.00" in shown(walk)
    assert "no formula that can be read entry by entry" in re.sub(r"\s+", " ", shown(walk))
    press(walk, "Esc", "3", "Enter")
    assert "no time steps" in walk.message


def test_batches_and_stacked_cells_are_stepped_through():
    model = CharRNN(hidden=2, symbols=3, cell="lstm", layers=2, rng=np.random.default_rng(0))
    walk = session(trace=model.record([[0, 1], [1, 2]], [[1, 2], [2, 0]]))
    for index in range(len(walk.steps)):
        walk.index = index
        press(walk, "w", "Right", "Down", "Esc")
        assert walk.step.heading in shown(walk, 200, 60)
        assert walk.step.title in shown(walk, 200, 60)


# As plain text ------------------------------------------------------------------------------------


def test_plain_text_has_the_titles_formulas_and_numbers_of_the_story():
    trace = recorded()
    out = io.StringIO()
    print_story(trace, about=["Words before."], console=Console(file=out, width=100, color_system=None))
    text = out.getvalue()
    assert text.startswith("Words before.\n")
    for step in tell(trace):
        assert step.heading in text
        assert step.title in text
        for outcome in step.outcomes:
            assert formula_text(outcome.formula) in text
            for quantity in outcome.quantities:
                for x in quantity.data.ravel().tolist():
                    assert format_number(x) in text


# Keys as terminals send them ------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="the sequences of POSIX terminals")
def test_every_sequence_of_a_key_is_recognised_alone_and_in_a_row():
    for name, row in SENT.items():
        for sent in row:
            assert named(sent) == name
    row = [(name, sent) for name, row in SENT.items() for sent in row if sent[0] not in "\xe0\x00"]
    row += [("x", "x"), ("ä", "ä")]
    keyboard = Keyboard()
    keyboard.take("".join(sent for _, sent in row))
    assert [keyboard.read(0) for _ in row] == [name for name, _ in row]
    assert not keyboard.more


def test_sequence_that_comes_in_two_pieces_is_one_key():
    keyboard = Keyboard()
    keyboard.take("l\x1b[")
    keyboard.take("C")
    assert [keyboard.read(0), keyboard.read(0)] == ["l", "Right"]
    keyboard.take("\x1b")
    assert keyboard.read(0) == "Esc"


# A real terminal ------------------------------------------------------------------------------------

PROGRAM = """
import os
if os.isatty(0):
    os.close(os.open(os.ttyname(0), os.O_RDWR))  # makes it ours, so that Ctrl-C reaches us
import numpy as np
from teachrnn import CharRNN
from teachrnn.views.terminal import step_in_terminal
model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0))
step_in_terminal(model.record([0, 1, 2], [1, 2, 3]), symbols=list("abcd"), about=["Words before."])
"""
ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9])")


class RealTerminal:
    """The program in a pseudo-terminal."""

    def __init__(self, width=80, height=24, *, preexec_fn=None, **environment):
        import fcntl
        import pty
        import struct
        import termios

        self.master, self.slave = pty.openpty()
        self.resize = lambda w, h: fcntl.ioctl(
            self.master, termios.TIOCSWINSZ, struct.pack("HHHH", h, w, 0, 0)
        )
        self.modes = lambda: termios.tcgetattr(self.slave)
        self.resize(width, height)
        self.before = self.modes()
        inherited = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            preexec_fn=preexec_fn,
            env=inherited | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | environment,
        )
        self.output = ""
        self.read_to = 0

    def __enter__(self):
        self.wait_for("step 1/37")
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for handle in (self.master, self.slave):
            os.close(handle)

    def press(self, keys):
        self.read_to = len(self.output)
        os.write(self.master, keys.encode())

    def wait_for(self, text):
        until = time.monotonic() + PATIENCE
        while text not in ESCAPES.sub("", self.output[self.read_to :]):
            waiting = self.process.poll() is None and time.monotonic() < until
            more = self._read(0.1)
            assert more or waiting, f"{text!r} did not appear:\n{self.output[self.read_to :]}"

    def end(self):
        """Wait for the end; return the exit status."""
        until = time.monotonic() + PATIENCE
        while (status := self.process.poll()) is None:
            assert time.monotonic() < until, f"the program does not end:\n{self.output[self.read_to :]}"
            self._read(0.05)
        while self._read(0.1):
            pass
        return status

    def _read(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        self.output += os.read(self.master, 65536).decode("utf-8", "replace")
        return True


posix = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals on Windows")


def leaves_all_as_it_was(terminal):
    output = terminal.output
    entered, left = output.find("\x1b[?1049h"), output.rfind("\x1b[?1049l")
    assert 0 <= entered < left, "the other screen was entered and left"
    assert output.rfind("\x1b[?25h") > output.rfind("\x1b[?25l"), "the cursor is back"
    assert "Traceback" not in output
    return terminal.modes() == terminal.before


@posix
def test_in_a_real_terminal_one_steps_jumps_asks_why_and_quits():
    with RealTerminal() as terminal:
        terminal.wait_for("Words before.")
        terminal.press("\x1b[C")
        terminal.wait_for("step 2/37")
        terminal.press(":dh[2]\r")
        terminal.wait_for("Two gradients meet at h₂")
        terminal.press("w\x1b[C")
        terminal.wait_for("why  dh[2][1]")
        terminal.press("\x1b")
        terminal.wait_for("h₂ was used twice")
        terminal.resize(100, 30)
        terminal.read_to = len(terminal.output)
        terminal.wait_for("Space play")
        frames = terminal.output[terminal.read_to :].replace(
            "\x1b[H", "\n"
        )  # each begins at the top left
        longest = max(map(len, ESCAPES.sub("", frames).splitlines()))
        assert longest == 99
        terminal.press("gq")
        assert terminal.end() == 0
        assert leaves_all_as_it_was(terminal)


@posix
@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("first", ["", ":half a na", " "], ids=["idle", "typing", "playing"])
def test_ctrl_c_and_ctrl_d_quit_cleanly_from_everywhere(key, first):
    with RealTerminal() as terminal:
        terminal.press(first + key)
        assert terminal.end() == 0
        assert leaves_all_as_it_was(terminal)


@posix
def test_playing_continues_by_itself():
    with RealTerminal() as terminal:
        terminal.press("+++ ")
        terminal.wait_for("step 9/37")
        terminal.press("q")
        assert terminal.end() == 0


@posix
def test_signal_to_interrupt_leaves_the_terminal_as_it_was():
    with RealTerminal() as terminal:
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 0
        assert leaves_all_as_it_was(terminal)


@posix
def test_colours_are_used_only_where_they_are_wanted():
    with RealTerminal() as terminal:
        terminal.press("q")
        terminal.end()
        assert "38;2;" in terminal.output
    with RealTerminal(NO_COLOR="1") as terminal:
        terminal.press("Gw")
        terminal.wait_for("why")
        terminal.press("q")
        terminal.end()
        codes = {
            code for m in re.finditer(r"\x1b\[([\d;]*)m", terminal.output) for code in m[1].split(";")
        }
        assert not codes & {"38", "48", *map(str, range(30, 38)), *map(str, range(90, 98))}


def told(**options):
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")}
    environment |= options.pop("environment", {})
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, env=environment, **options
    )


def test_pipe_gets_every_step_as_plain_text():
    done = told(stdin=subprocess.DEVNULL)
    text = done.stdout.decode("utf-8")
    assert (done.returncode, done.stderr) == (0, b"")
    assert all(f"step {i}/37 " in text for i in range(1, 38))
    assert all(c.isprintable() or c in "\r\n" for c in text)
    assert max(map(len, text.splitlines())) <= 80


@posix
def test_closed_stdin_prints_the_story():
    with RealTerminal(preexec_fn=lambda: os.close(0)) as terminal:
        terminal.wait_for("step 37/37")
        assert terminal.end() == 0
        assert "Traceback" not in terminal.output
        assert "\x1b[?1049h" not in terminal.output


def test_old_code_page_loses_symbols_but_not_the_story():
    done = told(stdin=subprocess.DEVNULL, environment={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"step 37/37" in done.stdout
    assert b"?" not in done.stdout
    assert b"Two gradients meet at h_2" in done.stdout
    assert b"h_2^T" in done.stdout
    assert re.search(rb"\n *-0\.\d+ ", done.stdout)  # a number keeps its minus sign
