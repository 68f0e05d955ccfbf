"""Views show the trace: numbers by one rule, names in LaTeX, no text interpreted as HTML."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import teachrnn
from teachrnn import CELLS, OPS, CharRNN, Dropout, Op, Tanh, Trace, backpropagate
from teachrnn.formulas import Letter
from teachrnn.formulas.equation import backward_equation, definition, forward_equation
from teachrnn.formulas.latex import latex, name_latex
from teachrnn.formulas.mathml import mathml
from teachrnn.formulas.text import text
from teachrnn.formulas.tree import Function
from teachrnn.views.story import tell
from teachrnn.views.story.layout import grid
from teachrnn.views.style.mathematical_font import font_subset
from teachrnn.views.style.number import format_number
from teachrnn.views.style.palette import EVERY, INK, ON_DARK, SERIES


def recorded(**options):
    model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0), **options)
    return model.record([0, 1, 2], [1, 2, 3])


# Numbers -----------------------------------------------------------------------------------------


@given(st.floats(-1e307, 1e307))
def test_written_number_is_the_number_to_three_digits_and_never_minus_zero(x):
    text = format_number(x)
    back = float(text.replace("−", "-"))
    assert back == pytest.approx(x, rel=0.00501, abs=0)
    assert text not in ("−0", "−0.00", "-0")
    assert "-" not in text


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (9.995, "9.99"),
        (9.9951, "10.0"),
        (999.5, "1000"),
        (0.001, "0.00100"),
        (0.0009996, "0.00100"),
        (np.inf, "∞"),
        (-np.inf, "−∞"),
        (np.nan, "nan"),
        (-2, "−2"),
        (99999.0, "1.00e5"),
    ],
)
def test_numbers_at_the_edges(x, text):
    assert format_number(x) == text


# Formulas ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_every_formula_is_written_with_the_operations_own_letters(op):
    equation = definition(op)
    written = latex(equation)
    assert written.startswith(f"{name_latex(op.output)} = ")
    for name in op.inputs:
        assert name in written
    assert mathml(equation).startswith("<math>")
    assert "\\" not in text(equation)


def test_formulas_of_a_step_carry_the_names_of_the_step():
    trace = recorded(layers=2)
    h = trace["layer2.h[3]"]
    assert latex(forward_equation(h)) == r"h_{3}^{(2)} = \tanh(a_{3}^{(2)})"
    assert latex(backward_equation(h, "x")) == (
        r"\mathrm{d}a_{3}^{(2)} = \mathrm{d}h_{3}^{(2)} \odot (1 - {h_{3}^{(2)}}^{2})"
    )
    r = trace["layer1.r[2]"]
    assert latex(backward_equation(r, "W", one_of_many=True)) == (
        r"\partial^{+}_{r_{2}^{(1)}} W^{(1)} = \mathrm{d}r_{2}^{(1)}\,{h_{1}^{(1)}}^\top"
    )


def test_sum_over_the_batch_is_written_where_there_is_one():
    model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    batch = model.record([[0, 1]], [[1, 2]])
    assert latex(backward_equation(batch["o[1]"], "b")).startswith(r"\mathrm{d}c = \sum ")


def test_numbers_that_belong_to_the_definition_are_written_as_numbers():
    trace = Trace()
    y = Dropout(trace.input("x", [1.0, 2.0]), trace.input("mask", [1.0, 0.0]), 0.5, name="y")
    assert latex(forward_equation(y)) == r"y = \frac{x \odot \mathrm{mask}}{0.5}"


def test_gradient_without_a_formula_is_shown_by_name():
    class Same(Op, register=False):
        signature = "(n)->(n)"
        formula = staticmethod(lambda sp, x: x)
        forward = staticmethod(lambda x: x)
        dx = staticmethod(lambda dy, x, y: dy)

    trace = Trace()
    y = Same(trace.input("x", [1.0]), name="y")
    assert latex(backward_equation(y, "x")) == r"\mathrm{d}x = \mathrm{Same.dx}(\mathrm{d}y)"
    assert text(backward_equation(y, "x")) == "dx = Same.dx(dy)"


@pytest.mark.parametrize(
    "name", ["<script>", 'a"b', "a&b", "{", "$x$", "\\frac", "a_b_c", "ärm", "x y", "%"]
)
def test_any_name_can_be_written_and_none_becomes_markup(name):
    written = mathml(Letter(name))
    assert "<script" not in written
    assert written.startswith("<math>")
    ElementTree.fromstring(written)


def test_font_has_the_characters_of_the_formulas_and_its_licence():
    from fontTools.ttLib import TTFont

    font = TTFont(
        io.BytesIO(
            font_subset(
                [
                    mathml(
                        Function("tanh", (Letter("h[3]") * Letter("a"),)).multiply_elementwise(
                            Letter("rho")
                        )
                    )
                ]
            )
        )
    )
    signs = font.getBestCmap()
    for sign in ("ℎ", "𝑎", "𝜌", "⊙"):
        assert ord(sign) in signs
    assert "Open Font License" in font["name"].getDebugName(13)


@pytest.mark.parametrize(
    "formula",
    [mathml(Function("sqrt", (Letter("m"),))), "<math><mroot><mi>m</mi><mn>3</mn></mroot></math>"],
    ids=["square root", "another, in prose"],
)
def test_font_has_the_radical_sign(formula):
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(font_subset([formula])))
    assert ord("√") in font.getBestCmap()


# Notebook ------------------------------------------------------------------------------------------


def test_value_shows_formula_shape_and_numbers_and_not_yet():
    trace = recorded()
    h = trace["h[2]"]
    shown = h._repr_html_()
    assert mathml(forward_equation(h)) in shown
    assert "shape (3,)" in shown
    assert "not yet" in shown
    for x in h.data:
        assert format_number(float(x)) in shown
    backpropagate(trace)
    shown = h._repr_html_()
    assert "not yet" not in shown
    for x in h.grad:
        assert format_number(float(x)) in shown
    assert repr(h) == "<h[2] = Tanh(a[2]) (3,)>"


def test_value_with_a_hostile_name_or_odd_numbers_is_shown_verbatim():
    trace = Trace()
    x = trace.input("<img src=x onerror=alert(1)>", np.arange(400.0).reshape(20, 20))
    assert "<img" not in x._repr_html_()
    assert "8 more rows" in x._repr_html_()
    big = Tanh(trace.input("x", [1e308]), name="y")
    assert "1.00" in big._repr_html_()


# Story, layout ----------------------------------------------------------------------------


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_story_shows_every_operation_once_in_each_direction(cell):
    trace = recorded(cell=cell, layers=2)
    story = tell(trace)
    forward = [s.node for s in story if s.phase == "forward"]
    backward = [s.node for s in story if s.phase == "backward"]
    assert forward == [op.index for op in trace.ops]
    assert backward == forward[::-1]
    assert [s.phase for s in story].index("turn") == len(forward)


def test_last_sum_that_the_story_shows_is_the_gradient():
    trace = recorded()
    story = tell(trace)
    sweep = backpropagate(trace)
    for name in [*trace.parameters, "h[0]", "h[1]", "a[2]", "o[3]"]:
        shown = [o.quantities[-1] for s in story if s.phase == "backward" for o in s.outcomes]
        last = [q for q in shown if q.name == f"d{name}"][-1]
        np.testing.assert_allclose(last.data, sweep.gradient(name), rtol=1e-12, atol=1e-15)


def test_story_shows_the_line_of_code_and_the_symbols():
    story = tell(recorded(), symbols=list("abcd"))
    assert story[3].code == 'return {"h": Tanh(a, name="h")}'
    assert story[1].heading == "Step 1 reads “a”"
    assert story[1].operands[0].note == "the symbol “a”"


def test_grid_has_a_place_for_every_value_of_a_step_and_no_two_share_one():
    for cell in CELLS:
        trace = recorded(cell=cell, layers=2)
        places = grid(trace)
        assert set(places) == {v.index for v in trace if v.t is not None}
        assert len(set(places.values())) == len(places)
        for op in trace.ops:
            for v in op.operands:
                if isinstance(v, Op) and v.t == op.t:
                    assert places[v.index].row < places[op.index].row
        assert places[trace["layer1.h[0]"].index].row == places[trace["layer1.h[1]"].index].row


def test_text_of_one_symbol_is_explained():
    model = CharRNN(hidden=2, symbols=1, rng=np.random.default_rng(0))
    (turn,) = [s for s in tell(model.record([0, 0], [0, 0])) if s.phase == "turn"]
    assert "There is only one symbol" in turn.sentence
    (turn,) = [s for s in tell(recorded()) if s.phase == "turn"]
    assert "only one symbol" not in turn.sentence


def test_immediate_parts_add_up_to_the_total_under_other_names():
    shown = [o for s in tell(recorded()) if s.phase == "backward" for o in s.outcomes]
    for name in ("h[1]", "h[2]", "W", "U"):
        parts = [o.quantities[0] for o in shown if o.quantities[0].name.startswith(f"∂{name} via ")]
        parts = list(
            {q.name: q for q in parts}.values()
        )  # the first of two is shown again beside the second
        totals = [q for o in shown for q in o.quantities if q.name == f"d{name}"]
        assert len(parts) == (2 if name.startswith("h") else 3)
        np.testing.assert_allclose(sum(q.data for q in parts), totals[-1].data, rtol=1e-14)
        assert all(q.letter.kind == "immediate" for q in parts)


def test_colours_are_defined_only_in_the_palette():
    package = Path(teachrnn.__file__).parent
    parts = [part for kind in ("*.py", "*.css", "*.js", "*.html") for part in package.rglob(kind)]
    colour = re.compile(r"(?<![.\w&])#(?:[0-9a-f]{6}|[0-9a-f]{3})\b(?![;(])", re.IGNORECASE)
    stated = {p.relative_to(package).as_posix() for p in parts if colour.search(p.read_text("utf-8"))}
    assert stated == {"views/style/palette.py"}


def test_colours_that_are_equal_on_a_light_background_are_equal_on_a_dark_one():
    """A figure is drawn for a light background, and looks up dark colours by the light ones."""
    assert [colour for colour in EVERY if ON_DARK[colour.light] != colour] == []
    assert {*SERIES.values()} - {INK} <= ON_DARK.keys()
