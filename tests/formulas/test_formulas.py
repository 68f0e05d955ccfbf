"""A formula is one tree: what it may contain, how it is read, printed and evaluated."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teachrnn import OPS, Op, Trace
from teachrnn.domain import Index, Reals
from teachrnn.errors import TeachrnnError
from teachrnn.formulas import Letter
from teachrnn.formulas.entries.entry import entry_value
from teachrnn.formulas.entries.lowering import Lowering
from teachrnn.formulas.entries.matrix import Matrix
from teachrnn.formulas.entries.rule import Rule
from teachrnn.formulas.equation import definition, gradient_formula
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.latex import latex
from teachrnn.formulas.mathml import mathml
from teachrnn.formulas.name import Name
from teachrnn.formulas.reader import read
from teachrnn.formulas.text import text
from teachrnn.formulas.tree import Function, Number, Quotient, Sum, walk
from teachrnn.formulas.words import TREES, Words, written
from teachrnn.reference import ORACLES, Oracle
from teachrnn.testing import op_suite

x, y, W, b = map(Letter, "xyWb")


class EveryWord(Op, register=False):
    """An operation whose formula uses every word that a formula may use."""

    signature = "(n),(n,n),()->(n)"
    shared = ("W", "k")
    domain = {"x": Reals(0.5, 2.0), "k": Index("n")}

    @staticmethod
    def formula(sp, x, W, k):
        def each(z):
            smooth = sp.exp(z) + sp.log(z) + sp.sqrt(z) + sp.tanh(z) + sp.sin(z) * sp.cos(z) + z**3
            return smooth + sp.Max(z, 1.1) - sp.Min(z, 1.2) / 2 + sp.Abs(-z) - 1 / z

        column = W[:, k]
        doubled = x.col_join(x)[0:2, :]
        return (
            x.applyfunc(each).multiply_elementwise(column)
            + W.T * x * sum(x)
            - x[k] * x
            + sum(doubled) * x
        )

    @staticmethod
    def forward(x, W, k):
        smooth = np.exp(x) + np.log(x) + np.sqrt(x) + np.tanh(x) + np.sin(x) * np.cos(x) + x**3
        kinked = np.where(x.real > 1.1, x, 1.1) - np.where(x.real < 1.2, x, 1.2) / 2 + x - 1 / x
        total = x.sum(axis=-1, keepdims=True)
        first = np.concatenate([x, x], axis=-1)[..., 0:2].sum(axis=-1, keepdims=True)
        return (smooth + kinked) * W[:, k] + x.dot(W) * total - x[..., k : k + 1] * x + first * x

    dx = dW = dk = None


def recorded(leading):
    rng = np.random.default_rng(0)
    trace = Trace()
    inputs = (
        trace.input("x", rng.uniform(0.6, 1.9, (*leading, 3))),
        trace.parameter("W", rng.normal(size=(3, 3))),
    )
    trace.loss(EveryWord(*inputs, 1, name="y"))
    return trace


@pytest.mark.parametrize("leading", [(), (2,), (2, 2)])
@pytest.mark.parametrize("oracle", sorted(ORACLES))
def test_every_oracle_knows_every_word(oracle, leading):
    if oracle == "torch":
        pytest.importorskip("torch")
    trace = recorded(leading)
    truth = Oracle.make("complex")
    for name in ("x", "W"):
        entries = np.arange(trace[name].data.size)
        found = Oracle.make(oracle).estimate(trace, name, entries).values
        np.testing.assert_allclose(found, truth.estimate(trace, name, entries).values, rtol=1e-5)


test_every_word_is_evaluated_and_printed = op_suite(EveryWord)


def test_words_are_the_functions_and_the_protocol_lists_them():
    told = {name for name in vars(Words) if not name.startswith("_")}
    assert told == set(FUNCTIONS)
    for name, function in FUNCTIONS.items():
        assert getattr(TREES, name)(*[x] * function.arguments) == Function(
            name, (x,) * function.arguments
        )


@pytest.mark.parametrize(
    ("formula", "complaint"),
    [
        (lambda sp, x: x.applyfunc(sp.gamma), "no word `sp.gamma`; there are: exp, log"),
        (lambda sp, x: x.inv(), "no attribute 'inv'"),
        (lambda sp, x: sp.Max(x), "`sp.Max` takes 2 arguments, got 1"),
        (lambda sp, x: x + "1", "made of letters and numbers, not of '1'"),
        (lambda sp, x: x[::2, :], "a slice in a formula has no step"),
        (lambda sp, x: None, "made of letters and numbers, not of None"),
    ],
)
def test_formula_with_an_unknown_word_is_refused_when_the_class_is_defined(formula, complaint):
    body = {
        "signature": "(n)->(n)",
        "formula": staticmethod(formula),
        "forward": staticmethod(lambda x: x),
        "dx": None,
    }
    with pytest.raises(TypeError, match=r"Odd\.formula: ") as caught:
        type(Op)("Odd", (Op,), body, register=False)
    assert complaint in str(caught.value)


# Reading and printing ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "name"),
    [(op, name) for op in OPS.values() for name in op.inputs if op.gradient_methods[name] is not None],
    ids=lambda x: getattr(x, "__name__", x),
)
def test_printed_gradient_is_parsed_to_the_same_tree(op, name):
    tree = gradient_formula(op, name)
    axes = {axis for axes in (*op.shape_rule.inputs, op.shape_rule.output) for axis in axes}
    printed = latex(tree).replace(r"\mathrm{d}", "d")
    assert read(printed, {*op.inputs, op.output}, axes) == tree


@st.composite
def formulas(draw, depth=3):
    if depth == 0:
        return draw(st.sampled_from([x, y, W, Number(2), Number(0.5)]))
    a, b = draw(formulas(depth=depth - 1)), draw(formulas(depth=depth - 1))
    plain = [a, a + b, a - b, -a, a * b, a / b, a.T, a**2]
    others = [a.multiply_elementwise(b), Quotient(a, b, slash=True), Sum(None, a), TREES.Max(a, b)]
    functions = [TREES.exp(a), TREES.log(a), TREES.sqrt(a), TREES.tanh(a), TREES.Abs(a)]
    return draw(st.sampled_from(plain + others + functions))


def value(tree):
    """The value of a formula of numbers."""
    letters = {name: Matrix.scalar(("at", name)) for name in "xyW"}
    rule = Rule(0, "x", 0, Lowering(letters, {}, OPS).array(tree).number())
    return entry_value(
        rule, {"x": ("x", np.array(1.7)), "y": ("y", np.array(0.3)), "W": ("W", np.array(-0.6))}, (), ()
    )


@given(formulas())
def test_brackets_are_printed_where_they_are_needed(tree):
    again = read(latex(tree), {"x", "y", "W"})
    assert latex(again) == latex(tree)
    np.testing.assert_allclose(value(again), value(tree), rtol=1e-9)  # a + (b + c) is (a + b) + c


@given(formulas())
def test_any_formula_is_printed_as_xml_and_in_one_line(tree):
    root = ElementTree.fromstring(mathml(tree))
    for element in root.iter():
        needed = {"msub": 2, "msup": 2, "mfrac": 2, "msubsup": 3, "munder": 2}.get(element.tag)
        assert needed in (None, len(element)), element.tag
    line = text(tree)
    assert "\n" not in line
    assert line.count("(") == line.count(")")


def test_numbers_inside_applyfunc_are_multiplied_as_numbers():
    tree = written(lambda sp, x: x.applyfunc(lambda z: 2 * z * sp.tanh(z)), ["x"])
    assert tree == (Number(2) * x).multiply_elementwise(TREES.tanh(x))


def test_letters_are_renamed_everywhere_and_numbers_become_numbers():
    tree = (W * x + b).renamed({"W": "layer2.W_f", "b": "0.5", "x": "h[3]"})
    assert latex(tree) == r"W_{f}^{(2)}\,h_{3} + 0.5"
    assert text(tree) == "W_f^{(2)} h_3 + 0.5"


def test_equal_formulas_are_equal_trees():
    assert W * x + b == Letter("W") * Letter("x") + Letter("b")
    assert len({W * x, W * x, x * W}) == 2
    assert [type(node).__name__ for node in walk(W * x + b)] == [
        "Plus",
        "Product",
        "Letter",
        "Letter",
        "Letter",
    ]


@pytest.mark.parametrize("name", ["h", "h[3]", "W_f", "layer2.W_f[31]", "layer12.rho[1]"])
def test_name_knows_its_parts(name):
    parts = Name.of(name)
    assert str(parts) == name
    assert name.startswith(parts.scope)


@pytest.mark.parametrize("name", ["<b>", "x y", "", "[", "h[3", "_h", "a]b", "a\nb"])
def test_any_other_name_is_one_letter_with_its_time(name):
    assert Name.of(name) == Name(name)
    assert Name.of(f"{name}[3]") == Name(name, t=3)
    assert str(Name.of(f"{name}[3]").at(4)) == f"{name}[4]"


def test_definition_of_an_operation_is_read_once():
    op = OPS["Affine"]
    assert op.definition is definition(op).right
    assert gradient_formula(op, "x") is gradient_formula(op, "x")


def test_missing_formula_is_an_error_that_names_the_operation():
    with pytest.raises(TeachrnnError, match="EveryWord: no formula is written for dW"):
        gradient_formula(EveryWord, "W")


def test_how_to_lists_every_word():
    told = (Path(__file__).parents[2] / "docs/how-to/add-an-op.md").read_text("utf-8")
    for word in FUNCTIONS:
        assert f"`{word}`" in told or f"`sp.{word}`" in told
