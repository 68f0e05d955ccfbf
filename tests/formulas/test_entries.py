"""Why this number: the formula that a learner reads, taken entry by entry, gives the number."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from browser import served
from hypothesis import given, settings
from hypothesis import strategies as st
from spoilt import AT_SIGHT

import teachrnn.formulas.entries.tree
from teachrnn import (
    CELLS,
    OPS,
    Affine,
    CharRNN,
    Concatenate,
    CrossEntropy,
    Dropout,
    Embedding,
    Interpolate,
    Multiply,
    Op,
    Relu,
    Sigmoid,
    Slice,
    Softmax,
    SoftmaxCrossEntropy,
    Sum,
    Tanh,
    Trace,
    backpropagate,
)
from teachrnn.domain import Choice, Index, Reals
from teachrnn.errors import NameLookupError, ShapeError
from teachrnn.formulas.entries import Link, rule_data
from teachrnn.formulas.entries.entry import entry_value
from teachrnn.formulas.entries.rule import rule
from teachrnn.formulas.equation import backward_equation
from teachrnn.formulas.formula_error import MisfitFormulaError, UnreadableFormulaError
from teachrnn.formulas.latex import latex
from teachrnn.leading_axes import outer_sum
from teachrnn.testing.op_suite import laws_of
from teachrnn.views.story.why import recorded_letters, why

PLAYER = Path(teachrnn.views.__file__).parent / "player"
CELL_NAMES = sorted(CELLS)
FORMULAS = [
    (op, target)
    for op in OPS.values()
    for target in (
        None,
        *(name for name, gradient in op.gradient_methods.items() if gradient is not None),
    )
]


def recorded(cell="vanilla", *, batch=None, symbols=4, hidden=3, steps=3, seed=0, **options):
    """The trace of a small network, after its backward pass."""
    rng = np.random.default_rng(seed)
    model = CharRNN(hidden=hidden, symbols=symbols, cell=cell, scale=0.5, rng=rng, **options)
    leading = () if batch is None else (batch,)
    x, y = rng.integers(0, symbols, (2, steps, *leading))
    state = {name: rng.normal(size=(*leading, hidden)) for name in model.state_names()}
    trace = model.record(x, y, state=state)
    backpropagate(trace)
    return trace


def questions(trace):
    """Everything that can be asked about a trace: (operation, input or None, shape)."""
    for op in trace.ops:
        yield op, None, op.shape
        for own, operand in zip(type(op).inputs, op.operands, strict=True):
            if op.gradient_methods[own] is not None:
                yield op, own, operand.shape


def asked(op, target, index):
    return why(op, input=target, index=index, dy=None if target is None else op.grad)


def links(answer):
    return [part for term in answer.terms for part in term.parts if isinstance(part, Link)]


def told(term):
    """The parts of a term as one line, without the numbers."""
    return "".join(p if isinstance(p, str) else f"{p.name}{list(p.index)}" for p in term.parts)


# The formula is the number ----------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize("cell", CELL_NAMES)
def test_terms_of_every_number_of_a_network_add_up_to_it(cell, batch):
    trace = recorded(cell, batch=batch, layers=2, steps=2)
    for op, target, shape in questions(trace):
        recorded_numbers = op.data if target is None else op.gradient_for(target, op.grad)
        for index in np.ndindex(shape):
            answer = asked(op, target, index)
            assert answer.readable
            assert answer.total == recorded_numbers[index]
            total = sum(term.value for term in answer.terms)
            assert total == pytest.approx(answer.total, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize("cell", CELL_NAMES)
def test_every_number_that_is_named_is_at_that_place_of_the_record(cell, batch):
    trace = recorded(cell, batch=batch)
    for op, target, shape in questions(trace):
        for index in list(np.ndindex(shape))[:3]:
            for link in links(asked(op, target, index)):
                array = trace[link.name].data if link.name in trace else trace[link.name[1:]].grad
                assert array[link.index] == link.value


def test_entry_of_a_product_is_a_row_times_a_column_and_the_bias():
    trace = recorded()
    answer = why(trace["r[2]"], input=None, index=(1,))
    assert [told(term) for term in answer.terms] == [
        "W[1, 0] · h[1][0]",
        "W[1, 1] · h[1][1]",
        "W[1, 2] · h[1][2]",
        "b[1]",
    ]
    assert answer.terms[1].value == trace["W"].data[1, 1] * trace["h[1]"].data[1]


def test_gradient_of_an_input_is_the_product_with_a_column_of_the_matrix():
    trace = recorded()
    op = trace["r[2]"]
    answer = why(op, input="x", index=(1,), dy=op.grad)
    assert [told(term) for term in answer.terms] == [f"W[{k}, 1] · dr[2][{k}]" for k in range(3)]


def test_gradient_of_a_weight_has_a_term_for_every_sequence_of_the_batch():
    trace = recorded(batch=2)
    op = trace["o[1]"]
    answer = why(op, input="W", index=(2, 1), dy=op.grad)
    assert [told(term) for term in answer.terms] == [f"do[1][{b}, 2] · h[1][{b}, 1]" for b in range(2)]


def test_gradient_of_a_shared_vector_sums_over_positions_though_its_formula_has_no_sum():
    trace = Trace()
    u, v = trace.input("u", np.ones((2, 3))), trace.input("v", [1.0, 2.0, 3.0])
    product = Multiply(u, v, name="y")
    answer = why(product, input="v", index=(1,), dy=np.arange(6.0).reshape(2, 3))
    assert [told(term) for term in answer.terms] == [f"dy[{b}, 1] · u[{b}, 1]" for b in range(2)]
    answer = why(product, input="u", index=(1, 1), dy=np.arange(6.0).reshape(2, 3))
    assert [told(term) for term in answer.terms] == ["dy[1, 1] · v[1]"]


def test_only_the_entry_that_was_picked_is_shown():
    trace = Trace()
    U, x = trace.parameter("U", np.arange(6.0).reshape(2, 3)), trace.input("x", [2, 0, 2])
    column = Embedding(x, U, name="u")
    assert [told(t) for t in why(column, input=None, index=(0, 1)).terms] == ["U[1, 2]"]
    dy = np.ones((3, 2))
    assert [told(t) for t in why(column, input="U", index=(1, 2), dy=dy).terms] == [
        "du[0, 1]",
        "du[2, 1]",
    ]
    nobody = why(column, input="U", index=(1, 1), dy=dy)
    assert nobody.terms == []
    assert nobody.total == 0
    p, y = trace.input("p", [0.25, 0.75]), trace.input("y", 1)
    loss = CrossEntropy(p, y, name="L")
    assert [told(t) for t in why(loss, input=None, index=()).terms] == ["−log(p[1])"]
    assert why(loss, input="p", index=(0,), dy=np.array(1.0)).terms == []
    (term,) = why(loss, input="p", index=(1,), dy=np.array(1.0)).terms
    assert told(term) == "−dL[] / p[1]"
    assert term.value == -1 / 0.75


def test_slice_and_concatenation_link_to_the_origin_of_a_number():
    trace = Trace()
    x = trace.input("x", [1.0, 2.0, 3.0, 4.0])
    piece = Slice(x, 1, 3, name="piece")
    assert [told(t) for t in why(piece, input=None, index=(1,)).terms] == ["x[2]"]
    dy = np.array([5.0, 6.0])
    found = [[told(t) for t in why(piece, input="x", index=(i,), dy=dy).terms] for i in range(4)]
    assert found == [[], ["dpiece[0]"], ["dpiece[1]"], []]
    both = Concatenate(piece, x, name="both")
    found = [told(why(both, input=None, index=(i,)).terms[0]) for i in range(6)]
    assert found == ["piece[0]", "piece[1]", "x[0]", "x[1]", "x[2]", "x[3]"]
    assert told(why(both, input="v", index=(3,), dy=np.ones(6)).terms[0]) == "dboth[5]"


def test_factors_are_written_in_the_order_and_brackets_of_the_formula():
    trace = Trace()
    z, u, v = (trace.input(name, [number]) for name, number in [("z", 0.25), ("u", 4.0), ("v", -8.0)])
    mixed = Interpolate(z, u, v, name="h")
    first, second = why(mixed, input=None, index=(0,)).terms
    assert (told(first), first.value) == ("(1 − z[0]) · u[0]", 3.0)
    assert (told(second), second.value) == ("z[0] · v[0]", -2.0)
    dy = np.array([1.0])
    assert told(why(mixed, input="z", index=(0,), dy=dy).terms[0]) == "dh[0] · (v[0] − u[0])"
    mask = trace.input("mask", [1.0])
    assert told(why(Dropout(u, mask, 0.5), input=None, index=(0,)).terms[0]) == (
        "u[0] · mask[0] / constant[]"
    )
    assert told(why(Relu(v, name="r"), input="x", index=(0,), dy=dy).terms[0]) == "dr[0] · [v[0] > 0]"
    assert told(why(Relu(v), input=None, index=(0,)).terms[0]) == "max(0, v[0])"
    assert told(why(Sigmoid(v), input=None, index=(0,)).terms[0]) == "1 / (1 + exp(−v[0]))"
    assert told(why(Tanh(u, name="y"), input="x", index=(0,), dy=dy).terms[0]) == "dy[0] · (1 − y[0]²)"
    below = Tanh(v, name="w")
    assert told(why(below, input="x", index=(0,), dy=dy).terms[0]) == "dw[0] · (1 − (w[0])²)"


def test_long_sum_inside_a_term_is_written_with_dots_and_computed_whole():
    trace = Trace()
    for n, dots in ((6, False), (7, True)):
        x = trace.input(f"x{n}", np.linspace(-1, 1, n))
        (term,) = why(Softmax(x), input=None, index=(0,)).terms
        assert ("…" in told(term)) is dots
        assert term.value == pytest.approx(np.exp(-1) / np.exp(x.data).sum(), rel=1e-14)
    assert told(term) == ("exp(x7[0]) / (exp(x7[0]) + exp(x7[1]) + exp(x7[2]) + … + exp(x7[6]))")
    assert len(why(Sum(x), input=None, index=()).terms) == 7  # at the top nothing is left out


def test_probabilities_of_enormous_scores_are_numbers():
    trace = Trace()
    o = trace.input("o", [1000.0, 1000.0, -1000.0])
    assert [why(Softmax(o), input=None, index=(k,)).terms[0].value for k in range(3)] == [0.5, 0.5, 0.0]
    loss = SoftmaxCrossEntropy(o, 0, name="L")
    (term,) = why(loss, input="o", index=(0,), dy=np.array(1.0)).terms
    assert term.value == -0.5
    assert told(term).endswith(" − 1)")


# The reader -------------------------------------------------------------------------------------------


def op_with_gradient(latex, *, signature="(d),(h,d),(h)->(h)", shared=("W",)):
    """An operation whose docstring says that dx is this formula."""
    gradient = staticmethod(lambda dy, x, W, b, y: x)
    body = {
        "__doc__": f"Made up.\n\nGradients\n---------\n$dx = {latex}$\n",
        "signature": signature,
        "shared": shared,
        "forward": staticmethod(lambda x, W, b: b),
        "formula": staticmethod(lambda sp, x, W, b: b),
        **dict.fromkeys(("dx", "dW", "db"), gradient),
    }
    return type(Op)("MadeUp", (Op,), body, register=False)


rng = np.random.default_rng(3)
SQUARE = {
    "x": rng.normal(size=3),
    "W": rng.normal(size=(3, 3)),
    "b": rng.normal(size=3),
    "y": rng.normal(size=3),
    "dy": rng.normal(size=3),
}


def read(latex, **others):
    """Evaluate dx = latex on vectors of length 3."""
    numbers = {**SQUARE, **others}
    op = op_with_gradient(latex, signature="(m),(m,m),(m)->(m)")
    named = {letter: (letter, np.asarray(array)) for letter, array in numbers.items()}
    return [entry_value(rule(op, "x"), named, (3,), (i,)) for i in range(3)]


def softmax(x):
    return np.exp(x) / np.exp(x).sum()


READABLE = [
    (r"W\, dy", lambda x, W, b, y, dy: W @ dy),
    (r"W^\top dy", lambda x, W, b, y, dy: W.T @ dy),
    (r"W^{2} dy - b", lambda x, W, b, y, dy: W**2 @ dy - b),
    (r"W\, W\, dy", lambda x, W, b, y, dy: W @ W @ dy),
    (r"W (x + b)", lambda x, W, b, y, dy: W @ (x + b)),
    (r"W^\top \left(dy \odot y\right)", lambda x, W, b, y, dy: W.T @ (dy * y)),
    (r"dy\, x^\top b", lambda x, W, b, y, dy: dy * (x @ b)),
    (r"-x + y - b", lambda x, W, b, y, dy: -x + y - b),
    (r"x - (y - b)", lambda x, W, b, y, dy: x - (y - b)),
    (r"-(x - y)^2", lambda x, W, b, y, dy: -((x - y) ** 2)),
    (r"2 x / 4 \cdot y", lambda x, W, b, y, dy: 2 * x / 4 * y),
    (r"0.044715\, x^3", lambda x, W, b, y, dy: 0.044715 * x**3),
    (r"\frac{x \odot y}{1 + x^2}", lambda x, W, b, y, dy: x * y / (1 + x**2)),
    (r"e^{-x} + \exp(y)", lambda x, W, b, y, dy: np.exp(-x) + np.exp(y)),
    (r"\tanh(x)^2 + \tanh^2(y)", lambda x, W, b, y, dy: np.tanh(x) ** 2 + np.tanh(y) ** 2),
    (r"\log e^{x} - \log(1 + x^2)", lambda x, W, b, y, dy: x - np.log(1 + x**2)),
    (r"\max(0, x) + \max(x, y)", lambda x, W, b, y, dy: np.maximum(0, x) + np.maximum(x, y)),
    (r"[x > y] - [x < 0]", lambda x, W, b, y, dy: (x > y) * 1.0 - (x < 0)),
    (r"\sigma(x) + \mathrm{sigmoid}(x)", lambda x, W, b, y, dy: 2 / (1 + np.exp(-x))),
    (r"\mathrm{softmax}(W\,x)", lambda x, W, b, y, dy: softmax(W @ x)),
    (r"\mathrm{softmax}(\mathrm{softmax}(x))", lambda x, W, b, y, dy: softmax(softmax(x))),
    (r"W\, \mathrm{softmax}(W\, x)", lambda x, W, b, y, dy: W @ softmax(W @ x)),
    (r"\sum_k x_k\, y_k + b", lambda x, W, b, y, dy: x @ y + b),
    (r"x \odot \sum_{k} W_{k,1}", lambda x, W, b, y, dy: x * W[:, 1].sum()),
    (r"\sum_k W_{:,k}\, x_k", lambda x, W, b, y, dy: W @ x),
    (
        r"\sum_k x_k \sum_l W_{k,l}\, \mathbf{1}",
        lambda x, W, b, y, dy: np.full(3, x @ W.sum(axis=1)),
    ),
    (r"\sum_k x_k\, \mathbf{1} + \sum_k y_k", lambda x, W, b, y, dy: np.full(3, x.sum() + y.sum())),
    (r"x - \frac{1}{m} \sum_k x_k", lambda x, W, b, y, dy: x - x.mean()),
    (r"W_{:,2} + x_{1}", lambda x, W, b, y, dy: W[:, 2] + x[1]),
    (r"[x_{:1};\, y_{1:}]", lambda x, W, b, y, dy: np.concatenate([x[:1], y[1:]])),
    (r"[x_{1:2}; y_{m-1:m}; \mathbf{0}_1]", lambda x, W, b, y, dy: np.array([x[1], y[2], 0])),
    (r"[\mathbf{1}_{2}; 3 x_{:1}]", lambda x, W, b, y, dy: np.array([1, 1, 3 * x[0]])),
    (r"{x}^2 + {y}^{2}", lambda x, W, b, y, dy: x**2 + y**2),
    (r"x^{-1}", lambda x, W, b, y, dy: 1 / x),
]


@pytest.mark.parametrize(("latex", "expected"), READABLE, ids=[latex for latex, _ in READABLE])
def test_formula_is_read_with_the_meaning_that_it_has_in_textbooks(latex, expected):
    np.testing.assert_allclose(read(latex), expected(**SQUARE), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(
    ("latex", "complaint"),
    [
        (r"\Gamma(x)", "'Gamma' is neither a letter of the operation nor a function"),
        (r"\mathrm{Affine.dx}(dy)", "the symbol"),
        (r"W\, q", "'q' is neither a letter"),
        (r"x +", "is neither a letter"),
        (r"x)", "')' is not understood at this position"),
        (r"(x", "')' is needed instead of the end"),
        (r"\sum_k x", "a sum over k in which k is not a subscript"),
        (r"\sum_{2} x", "'2' is not the name of an index"),
        (r"x_q", "'q' is not known as an index"),
        (r"x_{:}^2 W_{1}", "this subscript does not fit its letter"),
        (r"\mathrm{add}(x)", "'add' is neither a letter of the operation nor a function"),
        (r"x \% y", "the symbol"),
        (r"", "is neither a letter"),
    ],
)
def test_unreadable_formula_is_refused_with_the_symbol_at_fault(latex, complaint):
    op = op_with_gradient(latex or " ")
    with pytest.raises(UnreadableFormulaError) as caught:
        rule(op, "x")
    assert not isinstance(caught.value, MisfitFormulaError)
    assert str(caught.value).startswith("MadeUp: in `dx = ")
    assert complaint in str(caught.value)
    assert rule_data(op, "x") is None


@pytest.mark.parametrize(
    ("latex", "complaint"),
    [
        (r"W\, dy", "axis -1 of x and axis -2 of W differ"),
        (r"dy", "the rows of the two sides do not fit"),
        (r"x\, x^\top", "the columns of the two sides do not fit"),
        (r"x + dy", "the rows of what is joined entry by entry do not fit"),
        (r"x\, x", "one of the two has no such axis"),
        (r"x \odot x^\top dy", "one of the two has no such axis"),
        (r"dy^\top W", "the rows of the two sides do not fit"),
        (r"\sum_k x_k", "one of the two has no such axis"),
        (r"x_{x}", "a single number is needed, not an array"),
        (r"x_{1,1}", "more subscripts than axes"),
        (r"\mathbf{1}^\top \mathbf{1}\, x", "the length of the axis"),
        (r"[\mathbf{0}; x]", "the length of the upper"),
        (r"[W; x]", "only column vectors"),
    ],
)
def test_formula_whose_shapes_do_not_fit_is_wrong_and_says_where(latex, complaint):
    with pytest.raises(MisfitFormulaError, match=re.escape(complaint)):
        rule(op_with_gradient(latex), "x")


@given(st.text(alphabet="xWbdy{}()[]^_+-/;:,> 12kne\\", max_size=12))
def test_any_text_in_a_docstring_is_read_or_refused(latex):
    op = op_with_gradient(latex.replace("$", ""))
    data = rule_data(op, "x")
    assert data is None or json.dumps(data)


def test_letters_may_be_greek_words_or_have_a_subscript():
    class Leak(Op, register=False):
        r"""Leaky step.

        Gradients
        ---------
        $dx = \alpha\, dy + \mathrm{rate} \odot W_f - W_{f} / 2$
        """

        signature = "(n),(),(n),(n)->(n)"
        formula = staticmethod(lambda sp, x, alpha, rate, W_f: alpha * x)
        forward = staticmethod(lambda x, alpha, rate, W_f: alpha * x)
        dx = staticmethod(lambda dy, x, alpha, rate, W_f, y: alpha * dy + rate * W_f - W_f / 2)
        dalpha = drate = dW_f = None

    trace = Trace()
    leak = Leak(*(trace.input(n, v) for n, v in [("x", [2.0]), ("al", 3.0), ("r", [5.0]), ("w", [7.0])]))
    answer = why(leak, input="x", index=(0,), dy=np.array([1.0]))
    assert sum(term.value for term in answer.terms) == 3 + 35 - 3.5 == answer.total
    assert why(leak, input=None, index=(0,)).terms[0].value == 6


@pytest.mark.parametrize(("op", "target"), FORMULAS, ids=lambda x: getattr(x, "__name__", x))
def test_every_formula_of_the_library_survives_json(op, target):
    data = rule_data(op, target)
    assert json.loads(json.dumps(data)) == json.loads(json.dumps(data, allow_nan=False))
    kinds = set(re.findall(r'\["([^"]+)"', json.dumps(data["tree"])))
    documented = set(re.findall(r'\("(\S+?)",', teachrnn.formulas.entries.tree.__doc__))
    assert kinds <= documented


def test_upright_letters_of_a_gradient_are_replaced_by_the_names_of_the_record():
    trace = Trace()
    x = trace.input("x", [1.0, 2.0, 3.0])
    y = Dropout(x, trace.input("m", [1.0, 0.0, 1.0]), 0.5, name="y")
    assert latex(backward_equation(y, "x")) == r"\mathrm{d}x = \mathrm{d}y \odot m / 0.5"
    z = Slice(x, 1, 2, name="z")
    assert latex(backward_equation(z, "x")) == (
        r"\mathrm{d}x = [\mathbf{0}_{1};\, \mathrm{d}z;\, \mathbf{0}_{n - 2}]"
    )


# Formulas that are wrong ------------------------------------------------------------------------------


def named_law(op, part):
    return next(law for law in laws_of(op) if law.part == part)


def broken(law):
    """Whether a law finds fault with its operation."""

    @settings(max_examples=100, **AT_SIGHT)
    @given(data=st.data())
    def run(data):
        law.check(data.draw)

    try:
        run()
    except (AssertionError, UnreadableFormulaError):
        return True
    return False


def affine_that_says(dx=r"W^\top dy", dW=r"\sum dy\, x^\top", db=r"\sum dy"):
    doc = f"Affine.\n\nGradients\n---------\n$dx = {dx}$\n\n$dW = {dW}$\n\n$db = {db}$\n"
    return type(Op)("Says", (Affine,), {"__doc__": doc}, register=False)


@pytest.mark.parametrize("part", ["dx", "dW", "db"])
def test_law_accepts_the_right_formula_in_a_docstring(part):
    assert not broken(named_law(affine_that_says(), f"{part} as written"))


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("dx", {"dx": r"W\, dy"}),  # the transpose forgotten
        ("dx", {"dx": r"-W^\top dy"}),
        ("dW", {"dW": r"\sum x\, dy^\top"}),
        ("dW", {"dW": r"dy\, x^\top"}),  # the sum over the batch forgotten
        ("dW", {"dW": r"\sum y\, x^\top"}),
        ("db", {"db": "dy"}),
        ("db", {"db": r"\sum dy / 2"}),
    ],
)
def test_law_finds_a_wrong_formula_in_a_docstring(part, said):
    assert broken(named_law(affine_that_says(**said), f"{part} as written"))
    assert not broken(named_law(affine_that_says(**said), part))  # the code itself is right


def test_law_finds_a_definition_that_is_not_what_is_computed():
    op = type(Op)("Half", (Tanh,), {"forward": staticmethod(lambda x: np.tanh(x / 2))}, register=False)
    assert broken(named_law(op, "forward as written"))
    assert not broken(named_law(Tanh, "forward as written"))


def test_unreadable_formula_has_no_law_unless_the_operation_is_built_in():
    parts = [law.part for law in laws_of(affine_that_says(dx=r"\mathcal{W} dy"))]
    assert "dx as written" not in parts
    assert "dW as written" in parts
    ours = type(Op)("Ours", (affine_that_says(dx=r"\mathcal{W} dy"),), {"__module__": "teachrnn.x"})
    try:
        assert broken(named_law(ours, "dx as written"))
    finally:
        del OPS["Ours"]


# Operations without such a formula --------------------------------------------------------------------


class Wave(Op, register=False):
    """y = W sin(x), with gradients that no docstring states."""

    signature = "(d),(h,d)->(h)"
    shared = ("W",)
    formula = staticmethod(lambda sp, x, W: W * x.applyfunc(sp.sin))
    forward = staticmethod(lambda x, W: np.sin(x).dot(W.T))
    dx = staticmethod(lambda dy, x, W, y: dy.dot(W) * np.cos(x))
    dW = staticmethod(lambda dy, x, W, y: outer_sum(dy, np.sin(x)))


@pytest.mark.parametrize("leading", [(), (2,), (2, 2)])
def test_without_a_formula_the_chain_rule_is_given_in_numbers(leading):
    trace, rng = Trace(), np.random.default_rng(0)
    x, W = (
        trace.input("x", rng.normal(size=(*leading, 3))),
        trace.parameter("W", rng.normal(size=(2, 3))),
    )
    wave, dy = Wave(x, W, name="y"), rng.normal(size=(*leading, 2))
    for name, value in (("x", x), ("W", W)):
        for index in np.ndindex(value.shape):
            answer = why(wave, input=name, index=index, dy=dy)
            assert not answer.readable
            assert f"giving Wave.d{name} a gradient that is 1 at one place" in answer.how
            assert sum(t.value for t in answer.terms) == pytest.approx(answer.total, rel=1e-12)
            assert all(dy[link.index] == link.value and link.name == "dy" for link in links(answer))
    assert len(why(wave, input="x", index=(0,) * x.data.ndim, dy=dy).terms) == 2
    assert rule_data(Wave, "x") is None


def test_value_without_a_formula_says_what_it_was_made_from():
    class Cube(Op, register=False):
        signature = "(n,n,n)->()"
        formula = staticmethod(lambda sp, x: sum(x))
        forward = staticmethod(lambda x: x.sum(axis=(-3, -2, -1)))
        dx = None

    trace = Trace()
    cube = Cube(trace.input("x", np.ones((2, 2, 2))), name="y")
    answer = why(cube, input=None, index=())
    assert not answer.readable
    (term,) = answer.terms
    assert told(term) == "made by Cube from x"
    assert term.value == answer.total == 8


def test_gradient_that_names_an_unknown_operation_is_not_read():
    body = {
        "signature": "(n)->(n)",
        "formula": staticmethod(lambda sp, x: x.applyfunc(sp.sin)),
        "forward": staticmethod(lambda x: np.sin(x)),
        "dx": staticmethod(lambda dy, x, y: dy * np.cos(x)),
        "__doc__": "Sine.\n\nGradients\n---------\n$dx = dy \\odot \\mathrm{swung}(x)$\n",
    }
    swing = type(Op)("Swing", (Op,), body)
    try:
        assert rule_data(swing, None) is not None
        assert rule_data(swing, "x") is None
    finally:
        del OPS["Swing"]


def test_wrong_question_gets_an_error_that_lists_what_can_be_asked():
    trace = recorded()
    op, loss = trace["r[2]"], trace["L[1]"]
    with pytest.raises(ShapeError, match=r"`r\[2\]` has shape \(3,\), so it has no entry \(3,\)"):
        why(op, input=None, index=(3,))
    with pytest.raises(ShapeError, match=r"`dW` has shape \(3, 3\), so it has no entry \(0,\)"):
        why(op, input="W", index=(0,), dy=op.grad)
    with pytest.raises(ShapeError, match=r"must have shape \(3,\); got nothing"):
        why(op, input="x", index=(0,))
    with pytest.raises(ShapeError, match=r"must have shape \(3,\); got shape \(4,\)"):
        why(op, input="x", index=(0,), dy=np.ones(4))
    with pytest.raises(NameLookupError, match="no gradient for 'z'; it has one for: x, W, b"):
        why(op, input="z", index=(0,), dy=op.grad)
    with pytest.raises(NameLookupError, match="no gradient for 'y'; it has one for: o"):
        why(loss, input="y", index=(), dy=loss.grad)


# In the browser ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address():
    """Where the player's modules are served, and a page beside them."""
    with served(PLAYER, {"/": "<!doctype html><title>entry</title>"}) as address:
        yield address


@pytest.fixture
def entry_page(browser_page, address):
    """A page that has loaded entry.js as a separate module."""
    browser_page.goto(address)
    browser_page.evaluate("async () => { globalThis.entry = await import('./why/entry.js') }")
    return browser_page


def question_data(op, target, dy):
    """The arguments of termsOf for any entry: the rule, the letters and the shape."""
    letters = {
        letter: {"name": name, "shape": array.shape, "numbers": array.ravel().tolist()}
        for letter, (name, array) in recorded_letters(op, dy).items()
    }
    shape = op.shape if target is None else op.operands[type(op).inputs.index(target)].shape
    return rule_data(type(op), target), letters, shape


def terms_in_browser(page, asked_of):
    """What termsOf returns for each (operation, input or None, dy, indices)."""
    data = [[*question_data(op, target, dy), indices] for op, target, dy, indices in asked_of]
    return page.evaluate(
        """questions => questions.map(([rule, letters, shape, indices]) =>
            indices.map(index => entry.termsOf(rule, letters, shape, index)))""",
        data,
    )


def assert_same_terms(page, asked_of):
    for (op, target, dy, indices), found in zip(asked_of, terms_in_browser(page, asked_of), strict=True):
        letters = recorded_letters(op, dy)
        for index, terms in zip(indices, found, strict=True):
            expected = why(op, input=target, index=index, dy=dy).terms
            values = [term["value"] for term in terms]
            assert values == pytest.approx([term.value for term in expected], rel=1e-12, abs=0)
            assert [
                [
                    p if isinstance(p, str) else Link(p["name"], tuple(p["index"]), p["value"])
                    for p in parts
                ]
                for parts in (term["parts"] for term in terms)
            ] == [term.parts for term in expected]
            linked = [part for term in terms for part in term["parts"] if not isinstance(part, str)]
            assert all(letters[part["letter"]][0] == part["name"] for part in linked)


def some_of(shape, rng, most=8):
    """A few entries of an array, or all."""
    places = list(np.ndindex(shape))
    return [places[k] for k in sorted(rng.permutation(len(places))[:most])]


@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize("cell", CELL_NAMES)
def test_browser_gives_the_same_terms_for_the_numbers_of_a_network(entry_page, cell, batch):
    trace, rng = recorded(cell, batch=batch, steps=2, symbols=8, seed=1), np.random.default_rng(2)
    cases = [
        (op, target, None if target is None else op.grad, some_of(shape, rng))
        for op, target, shape in questions(trace)
    ]
    assert_same_terms(entry_page, cases)


def applied_at_random(op, rng, leading, bare=()):
    """An application to random inputs of its domain; the inputs in ``bare`` have no leading axes."""
    sizes = {letter: int(rng.integers(1, 9)) for letter in op.shape_rule.letters()}
    while True:
        arrays = []
        for name, axes in zip(op.inputs, op.shape_rule.inputs, strict=True):
            shape = (() if name in {*op.shared, *bare} else leading) + tuple(sizes[a] for a in axes)
            match op.domain.get(name, Reals()):
                case Index(axis=axis, end=end):
                    arrays.append(rng.integers(0, sizes[axis] + end, shape))
                case Choice(values=values):
                    arrays.append(rng.choice(values, shape))
                case Reals(low=low, high=high):
                    arrays.append(rng.uniform(low, high, shape))
        if op.requires(*arrays) is None:
            break
    trace = Trace()
    recorded_op = op(*(trace.input(n, a) for n, a in zip(op.inputs, arrays, strict=True)), name="result")
    return trace, recorded_op


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_browser_gives_the_same_terms_for_every_operation(entry_page, op):
    rng, cases, kept = np.random.default_rng(5), [], []
    for leading in ((), (3,), (2, 2)):
        for bare in ((), op.inputs[:1], op.inputs[1:]):
            trace, applied = applied_at_random(op, rng, leading, bare)
            kept.append(trace)
            dy = rng.normal(size=applied.shape)
            cases.append((applied, None, None, some_of(applied.shape, rng)))
            cases += [
                (applied, own, dy, some_of(trace[own].shape, rng))
                for own, gradient in op.gradient_methods.items()
                if gradient is not None
            ]
    assert_same_terms(entry_page, cases)


def test_browser_gives_the_same_terms_for_whatever_can_be_written(entry_page):
    trace, cases = Trace(), []
    x, W, b = (trace.input(name, SQUARE[name]) for name in "xWb")
    for number, (stated, _) in enumerate(READABLE):
        op = op_with_gradient(stated, signature="(m),(m,m),(m)->(m)", shared=())
        applied = op(x, W, b, name=f"y{number}")
        cases.append((applied, "x", SQUARE["dy"], [(0,), (1,), (2,)]))
    assert_same_terms(entry_page, cases)


def test_browser_gives_the_same_terms_where_numbers_are_not_finite(entry_page):
    trace = Trace()
    x, W = trace.input("x", [1e300, -1e300]), trace.parameter("W", [[1e300, 1e300], [0.0, 1.0]])
    with np.errstate(all="ignore"):
        huge = Affine(x, W, trace.parameter("b", [0.0, -0.0]), name="a")
    dy = np.array([np.inf, np.nan])
    cases = [(huge, None, None, [(0,), (1,)]), (huge, "W", dy, list(np.ndindex(2, 2)))]
    found = terms_in_browser(entry_page, cases)
    values = [[term["value"] for term in terms] for answer in found for terms in answer]
    assert values[:2] == [[np.inf, -np.inf, 0.0], [0.0, -1e300, 0.0]]
    np.testing.assert_array_equal(values[2:], [[np.inf], [-np.inf], [np.nan], [np.nan]])
    probabilities = Softmax(trace.input("o", [1000.0, -1000.0, 1000.0]), name="p")
    assert_same_terms(entry_page, [(probabilities, None, None, [(0,), (1,), (2,)])])
