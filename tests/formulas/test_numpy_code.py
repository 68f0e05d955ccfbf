"""A formula in NumPy is code: run, it gives what the operation gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_formulas import EveryWord

from teachrnn import OPS, Add, Embedding, Op, Sigmoid, SoftmaxCrossEntropy, Tanh
from teachrnn.formulas import Letter, tree
from teachrnn.formulas.code_line import source
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.functions import FUNCTIONS
from teachrnn.formulas.numpy_code import numpy_code
from teachrnn.formulas.numpy_helpers import HELPERS, helpers_in
from teachrnn.formulas.numpy_rule import OwnLetters, numpy_rule
from teachrnn.formulas.numpy_statement import accumulated, assigned
from teachrnn.formulas.tree import Function, walk
from teachrnn.testing.profiles import ON_ANY_MACHINE
from teachrnn.testing.strategies import like, op_inputs

ALL = [*OPS.values(), EveryWord]
PARTS = [
    (op, target)
    for op in ALL
    for target in (None, *(name for name, d in op.gradient_methods.items() if d is not None))
]


def statements(op, target, write=assigned):
    result = Letter(op.output) if target is None else Letter(target, "total")
    shape = Letter(op.output if target is None else target)
    written = write(result, numpy_rule(op, target), OwnLetters(op), shape)
    return "\n".join(map(source, written))


def run(code, formula, **names):
    for helper in helpers_in(formula):
        code = "\n".join([*HELPERS[helper].lines, code])
    exec(code, space := {"np": np, **names})
    return space


@pytest.mark.parametrize(("op", "target"), PARTS, ids=lambda part: getattr(part, "__name__", part))
@settings(**ON_ANY_MACHINE)
@given(data=st.data())
def test_code_of_every_operation_gives_what_the_operation_gives(op, target, data):
    arrays = data.draw(op_inputs(op, leading=()))
    y = np.asarray(op.forward(*arrays))
    names = dict(zip(op.inputs, (a if a.ndim else a.item() for a in arrays), strict=True))
    if target is None:
        space = run(statements(op, target), numpy_rule(op, target), **names)
        np.testing.assert_allclose(space[op.output], y, rtol=1e-9, atol=1e-12)
        return
    names |= {op.output: y, f"d{op.output}": data.draw(like(y))}
    wanted = op.gradient_methods[target](names[f"d{op.output}"], *arrays, y)
    given = {
        name: array.copy() if isinstance(array, np.ndarray) else array for name, array in names.items()
    }
    space = run(statements(op, target), numpy_rule(op, target), **given)
    np.testing.assert_allclose(space[f"d{target}"], wanted, rtol=1e-9, atol=1e-12)
    given[f"d{target}"] = np.ones(np.shape(wanted))
    space = run(statements(op, target, accumulated), numpy_rule(op, target), **given)
    np.testing.assert_allclose(space[f"d{target}"], 1 + wanted, rtol=1e-9, atol=1e-12)
    for name, array in names.items():
        np.testing.assert_array_equal(given[name], array, err_msg=f"{name} was written into")


def test_every_word_is_in_what_was_run():
    words = {node.name for node in walk(EveryWord.definition) if isinstance(node, Function)}
    assert words == set(FUNCTIONS)
    assert not any(isinstance(numpy_rule(op, target), tree.Call) for op, target in PARTS)


@pytest.mark.parametrize(
    ("op", "target", "code"),
    [
        (Tanh, "x", "dx = dy * (1 - y**2)"),
        (Sigmoid, None, "y = sigmoid(x)"),
        (SoftmaxCrossEntropy, None, "L = -np.log(softmax(o)[y])"),
        (OPS["Affine"], None, "y = W @ x + b"),
        (OPS["Affine"], "x", "dx = W.T @ dy"),
        (OPS["Affine"], "W", "dW = np.outer(dy, x)"),
        (OPS["Interpolate"], None, "y = (1 - z) * u + z * v"),
        (OPS["Relu"], "x", "dx = dy * (x > 0)"),
        (OPS["CrossEntropy"], "p", "dp = np.zeros_like(p)\ndp[y] = -dL / p[y]"),
        (OPS["Softmax"], "x", "dx = p * (dp - np.sum(dp * p))"),
    ],
)
def test_code_reads_as_a_student_writes_it(op, target, code):
    assert statements(op, target) == code


def test_what_is_added_to_a_weight_is_added_in_place():
    assert statements(Embedding, "U", accumulated) == "dU[:, x] += dy"
    assert statements(Add, "u", accumulated) == "du += dy"


def test_operation_without_a_formula_calls_its_own_method():
    class Same(Op, register=False):
        signature = "(n)->(n)"
        formula = staticmethod(lambda sp, x: x)
        forward = staticmethod(lambda x: x)
        dx = staticmethod(lambda dy, x, y: dy)

    assert statements(Same, "x") == "dx = Same.dx(dy, x, y)"


u, v, W = Letter("u"), Letter("v"), Letter("W")


class Shapes:
    """u and v are vectors, W is a matrix, k a number."""

    def letter(self, node):
        return node.name

    def axes(self, node):
        return {"W": 2, "k": 0}.get(node.name, 1)


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        (u + (v - u), "u + v - u"),
        (u - (v - u), "u - (v - u)"),
        (u + -v, "u - v"),
        (-(u + v), "-(u + v)"),
        ((W * u).multiply_elementwise(v), "(W @ u) * v"),
        (v.multiply_elementwise(W * u), "v * (W @ u)"),
        (W * u.multiply_elementwise(v), "W @ (u * v)"),
        (W * (W * u), "W @ (W @ u)"),
        ((W * W) * u, "W @ W @ u"),
        ((W + W).T * u, "(W + W).T @ u"),
        (u.T * v, "u @ v"),
        (u * v.T, "np.outer(u, v)"),
        (u.T * W, "u @ W"),
        ((-u) ** 2, "(-u)**2"),
        (u / (v / u), "u / (v / u)"),
        (2 * u, "2 * u"),
        (u.multiply_elementwise(-v), "u * (-v)"),
        (tree.Minus(u, tree.Number(-1)), "u - (-1)"),
        (W * tree.OneHot(Letter("k")), "W[:, k]"),
        (tree.Comparison(">", u, v) + u, "1.0 * (u > v) + u"),
    ],
)
def test_brackets_stand_where_python_needs_them(formula, code):
    assert source(numpy_code(formula, Shapes())) == code
    rng = np.random.default_rng(0)
    names = {"u": rng.normal(size=3), "v": rng.normal(size=3), "W": rng.normal(size=(3, 3)), "k": 1}
    columns = {name: np.reshape(x, (*np.shape(x), 1)) for name, x in names.items() if name in "uv"}
    on_paper = evaluated(formula, {**names, **columns})
    np.testing.assert_allclose(np.squeeze(on_paper), eval(code, {"np": np, **names}), atol=1e-12)


def evaluated(node, names):
    """The formula on columns, as on paper: matrices all of them."""
    a, b = [evaluated(part, names) for part in node.parts()][:2] if len(node.parts()) == 2 else (0, 0)
    match node:
        case Letter():
            return names[node.name]
        case tree.Number(value=value):
            return value
        case tree.Transpose(of=of):
            return evaluated(of, names).T
        case tree.Negative(of=of):
            return -evaluated(of, names)
        case tree.OneHot(place=place):
            return np.eye(3)[:, [evaluated(place, names)]]
        case tree.Product():
            return a * b if np.ndim(a) == 0 or np.ndim(b) == 0 else a @ b
    by_sign = {"Plus": np.add, "Minus": np.subtract, "Elementwise": np.multiply, "Quotient": np.divide}
    by_sign |= {"Power": np.power, "Comparison": np.greater}
    return by_sign[type(node).__name__](a, b)


def test_shapes_that_do_not_fit_are_refused():
    for formula in (u * v, W * W.T + u, W.multiply_elementwise(u)):
        with pytest.raises(UnreadableFormulaError, match="do not fit"):
            numpy_code(formula, Shapes())
