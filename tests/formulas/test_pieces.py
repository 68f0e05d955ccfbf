"""A formula laid out in numbers: its pieces and the signs between them are the formula again."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from teachrnn import OPS, Affine, Embedding, Interpolate, Op, Slice, Softmax, SoftmaxCrossEntropy, Tanh
from teachrnn.formulas.entries.entry import Entry
from teachrnn.formulas.entries.rule import lowering
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.pieces import LaidOut, Piece, Word, pieces, pieces_data
from teachrnn.formulas.text import text
from teachrnn.formulas.tree import Elementwise, Function, Letter, Minus, Negative, Number, Plus, Quotient
from teachrnn.testing.strategies import op_inputs

FORMULAS = [
    (op, target)
    for op in OPS.values()
    for target in (None, *(name for name, d in op.gradient_methods.items() if d is not None))
]


def told(op, target):
    """The pieces as text."""
    return [
        text(item.formula)
        if isinstance(item, Piece)
        else item
        if isinstance(item, str)
        else f"{item.word} →"
        for item in pieces(op, target)
    ]


class Read:
    """The items of a formula read again as an expression of NumPy, with numbers in the pieces."""

    def __init__(self, letters, like):
        self.entry = Entry({name: (name, array) for name, array in letters.items()}, (), (), {})
        self.like = like
        self.values = []

    def array(self, piece):
        any_length = self.like.shape[1] if piece.on_top else len(self.like)
        sizes = [
            any_length if axis == "any" else int(self.value(axis))
            for axis in piece.shape
            if axis is not None
        ]
        found = np.array([self.value(piece.entry, *place) for place in np.ndindex(*sizes)]).reshape(
            sizes
        )
        if piece.shape[0] is None and sizes:  # a row: it has columns only
            return found.reshape(1, -1)
        if piece.picked is not None and piece.roles[0] == "":
            return found[int(self.value(piece.picked))]
        if piece.picked is not None:
            return found[:, int(self.value(piece.picked))]
        if (
            found.ndim and piece.roles[0] == "i" and self.whole
        ):  # of a slice, what follows is not looked at
            return found[int(self.value(piece.first)) :][: len(self.like)]
        return found

    def value(self, tree, *index):
        return Entry(self.entry.letters, (), (), dict(zip("ij", index, strict=False))).value(tree)

    def number(self, items):
        self.whole = "[" not in items  # a stack begins elsewhere with each of its columns
        expression, before = "", None
        for item in items:
            if isinstance(item, Word):
                expression = f"words[{item.word!r}]({expression})"
                self.values.append(None)
                before = None
            elif isinstance(item, Piece):
                if before is None and expression:  # what an arrow leads to is shown, not computed
                    expression = ""
                self.values.append(self.array(item))
                name = f"values[{len(self.values) - 1}]"
                expression += f"{name}[None, :]" if item.on_top else name
                before = item
            else:
                summed = item == "·" and isinstance(before, Piece) and str(before.roles[1])[:1] == "k"
                sign = {"−": "-", "⊙": "*", "·": "@" if summed else "*", "×": "[:, None] *"}
                stack = {"[": "np.concatenate([", ";": ",", "]": "])"}
                expression += f" {(sign | stack).get(item, item.replace('−', '-'))} "
                before = item
        names = {"values": self.values, "np": np, "words": WORDS, "tanh": np.tanh, "exp": np.exp}
        return eval(expression, names)


WORDS = {
    "tanh": np.tanh,
    "−log": lambda p: -np.log(p),
    "sum": np.sum,
    **{name.lower(): OPS[name].forward for name in ("Relu", "Sigmoid", "Softmax")},
}


@pytest.mark.parametrize(("op", "target"), FORMULAS, ids=lambda x: getattr(x, "__name__", str(x)))
@settings(max_examples=10)
@given(data=st.data())
def test_pieces_and_signs_of_every_operation_are_its_formula_again(op, target, data):
    arrays = data.draw(op_inputs(op, leading=()))
    letters = dict(zip(op.inputs, arrays, strict=True))
    with np.errstate(all="ignore"):
        y = np.asarray(op.forward(*arrays))
    expected = y
    if target is not None:
        dy = np.asarray(data.draw(st.integers(-3, 3))) + np.arange(y.size).reshape(y.shape)
        letters |= {op.output: y, f"d{op.output}": dy}
        expected = op.gradient_methods[target](dy, *arrays, y)
    found = Read(letters, np.atleast_1d(expected)).number(pieces(op, target))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(
    ("op", "target", "items"),
    [
        (Affine, None, ["W", "·", "x", "+", "b"]),
        (Affine, "x", ["Wᵀ", "·", "dy"]),
        (Affine, "W", ["dy", "×", "x"]),
        (Tanh, None, ["x", "tanh →"]),
        (Tanh, "x", ["dy", "⊙", "1 − y^2"]),
        (Interpolate, None, ["1 − z", "⊙", "u", "+", "z", "⊙", "v"]),
        (Interpolate, "z", ["dy", "⊙", "(", "v", "−", "u", ")"]),
        (Embedding, None, ["U"]),
        (SoftmaxCrossEntropy, None, ["o", "softmax →", "softmax(o)", "−log →"]),
        (SoftmaxCrossEntropy, "o", ["dL", "·", "(", "softmax(o)", "−", "onehot(y)", ")"]),
    ],
    ids=str,
)
def test_what_is_computed_from_one_letter_is_one_piece_and_signs_are_those_of_the_formula(
    op, target, items
):
    assert told(op, target) == items


def test_roles_say_which_index_of_the_result_runs_along_a_piece():
    W, _, dy = pieces(Affine, "x")
    assert (W.roles, dy.roles) == (("i", "k1"), ("k1", "j"))
    column, _, row = pieces(Affine, "W")
    assert (column.roles[0], row.roles[0], row.on_top) == ("i", "j", True)
    (U,) = pieces(Embedding, None)
    assert (U.roles, U.picked) == (("i", ""), ("at", "x"))
    assert pieces(SoftmaxCrossEntropy, None)[2].picked == ("at", "y")
    (x,) = pieces(Slice, None)
    assert (x.roles[0], x.first) == ("i", ("at", "start"))
    above, between, _ = (item for item in pieces(Slice, "x") if isinstance(item, Piece))
    assert (above.first, between.first) == (0, ("-", 0, ("at", "start")))


@st.composite
def entrywise(draw, depth=3):
    """A formula of columns z, u, v and of numbers."""
    if not depth or draw(st.booleans()):
        return draw(st.sampled_from([*map(Letter, "zuv"), Number(2), Number(-3)]))
    a, b = draw(entrywise(depth=depth - 1)), draw(entrywise(depth=depth - 1))
    return draw(
        st.sampled_from(
            [
                Plus(a, b),
                Minus(a, b),
                Negative(a),
                Elementwise(a, b),
                Function("tanh", (a,)),
                Quotient(a, Function("exp", (b,))),
                Quotient(Plus(a, b), Function("exp", (b,)), slash=True),
            ]
        )
    )


@given(entrywise())
def test_pieces_and_signs_of_any_formula_entry_by_entry_are_the_formula_again(formula):
    letters = dict(
        zip("zuv", np.array([[-1.0, 0.5, 1.0], [0.25, 0.5, 0.75], [3.0, -2.0, 1.0]]), strict=True)
    )
    read = Read(letters, letters["z"])
    items = LaidOut(Interpolate, None).items(formula, ("i", "j"), whole=True)
    tree = lowering(Interpolate, None).array(formula).entry("i", "j")
    with np.errstate(all="ignore"):  # an exp of an exp overflows; both must do so alike
        expected = [read.value(tree, i) for i in range(3)]
        found = np.broadcast_to(read.number(items), 3)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_formula_that_cannot_be_read_has_no_pieces():
    class Silent(Op, register=False):
        r"""Says nothing of its gradient."""

        signature = "(n)->(n)"
        formula = staticmethod(lambda sp, x: 2 * x)
        forward = staticmethod(lambda x: 2 * x)
        dx = staticmethod(lambda dy, x, y: 2 * dy)

    assert pieces_data(Silent, "x") is None
    with pytest.raises(UnreadableFormulaError):
        pieces(Silent, "x")
    assert pieces_data(Softmax, None)[-1] == {"word": "softmax"}
