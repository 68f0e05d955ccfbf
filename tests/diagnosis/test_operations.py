"""Slips are derived from the formulas of operations, and found again by their numbers."""

from __future__ import annotations

import numpy as np
import pytest

from teachrnn.diagnosis.formula_value import value_of
from teachrnn.diagnosis.operations import OperationAnswer, OperationCase, diagnose_operation
from teachrnn.diagnosis.operations.slips_of_operation import gradient_of_input, slips
from teachrnn.op import OPS, Op

GRADIENTS = [
    pytest.param(kind, name, id=f"{kind.__name__}.d{name}")
    for kind in OPS.values()
    for name, method in kind.gradient_methods.items()
    if method is not None
]


@pytest.mark.parametrize(("kind", "name"), GRADIENTS)
def test_the_formula_of_a_gradient_has_the_numbers_of_its_method(kind, name):
    for N in (1, 3):
        case = OperationCase.draw(kind, N=N, seed=N)
        formula = gradient_of_input(kind, name)
        found = case.value(formula, case.gradients[name], shared=name in kind.shared)
        assert found == pytest.approx(case.gradients[name], rel=1e-12, abs=1e-12)
        largest = np.abs(value_of(formula, case.numbers, absolute=True).data).max()
        assert largest >= np.abs(case.gradients[name]).max() * (1 - 1e-12)


@pytest.mark.parametrize("kind", OPS.values(), ids=lambda kind: kind.__name__)
def test_right_gradients_are_right_in_both_precisions(kind):
    for dtype in (np.float64, np.float32):

        def right(case, dtype=dtype):
            return OperationAnswer({n: d.astype(dtype) for n, d in case.gradients.items()}, case.y)

        for seed in range(20):
            assert diagnose_operation(right, kind, dtype=dtype, seed=1000 * seed).right


def visible(kind, name, slip):
    """Whether a slip shows in the numbers at all."""
    for seed in range(3):
        case = OperationCase.draw(kind, N=4, sizes=(3, 3, 3, 3), seed=seed)
        right = case.gradients[name]
        wrong = case.value(slip.formula, right, shared=name in kind.shared)
        if wrong is None or not np.isfinite(wrong).all():
            return False
        if not np.allclose(wrong, right, rtol=1e-9, atol=1e-12):
            return True
    return False


@pytest.mark.parametrize(("kind", "name"), GRADIENTS)
def test_every_slip_that_shows_is_found_again_and_no_other_is_named(kind, name):
    def square(*, N, sizes, seed):  # else some cannot be formed
        return OperationCase.draw(kind, N=N, sizes=(max(sizes),) * 4, seed=seed)

    known = [slip for slip in slips(kind, name) if visible(kind, name, slip)]
    for slip in known:

        def wrong(case, slip=slip):
            value = case.value(slip.formula, case.gradients[name], shared=name in kind.shared)
            return OperationAnswer({**case.gradients, name: value})

        found = diagnose_operation(wrong, kind, draw=square)
        assert found.verdict == "known mistake", (slip.words, str(found))
        titles = [found.mistakes[0].title, *(tie[0].title for tie in found.ties)]
        named = f"d{name} {slip.words}"
        lighter = [other for other in known if f"d{name} {other.words}" in titles]
        assert named in titles or all(other.weight <= slip.weight for other in lighter), (named, titles)


def test_two_slips_in_one_formula_are_both_named():
    def wrong(case):
        return OperationAnswer({"x": -case.y * (case.dy - case.dy * case.y)})

    found = diagnose_operation(wrong, OPS["Softmax"])
    assert found.verdict == "two mistakes"
    assert [m.name for m in found.mistakes] == ["wrong sign", "sum left out"]


def test_a_gradient_that_no_slip_gives_is_called_unknown_and_described():
    def wrong(case):
        return OperationAnswer({"x": case.gradients["x"] + 0.01 * np.sin(case.y)})

    found = diagnose_operation(wrong, OPS["Tanh"])
    assert (found.verdict, found.mistakes) == ("unknown mistake", [])
    assert "cosine" in str(found)


def test_a_slip_in_every_gradient_is_one_mistake_and_different_ones_are_several():
    def half(case):
        return OperationAnswer({name: d / 2 for name, d in case.gradients.items()})

    assert len(diagnose_operation(half, OPS["Affine"]).mistakes) == 1

    def each_its_own(case):
        d = case.gradients
        return OperationAnswer({"x": -d["x"], "W": d["W"] / case.N, "b": case.dy[0]})

    found = diagnose_operation(each_its_own, OPS["Affine"])
    assert found.verdict == "several mistakes"
    assert len(found.mistakes) == 3


def test_what_a_wrong_value_comes_of_is_said():
    def without_bias(case):
        value = case.arrays["x"] @ case.arrays["W"].T
        return OperationAnswer(case.gradients, value)

    found = diagnose_operation(without_bias, OPS["Affine"])
    assert found.verdict == "forward pass differs"
    assert any("y lacks the term b" in remark for remark in found.remarks)


def test_an_operation_of_ones_own_comes_with_its_slips():
    class Scaled(Op, register=False):
        r"""Twice the product.

        Gradients
        ---------
        $du = 2\, dy \odot v$

        $dv = 2\, dy \odot u$
        """

        signature = "(n),(n)->(n)"

        @staticmethod
        def formula(sp, u, v):
            return 2 * u.multiply_elementwise(v)

        @staticmethod
        def forward(u, v):
            return 2 * u * v

        @staticmethod
        def du(dy, u, v, y):
            return 2 * dy * v

        @staticmethod
        def dv(dy, u, v, y):
            return 2 * dy * u

    found = diagnose_operation(
        lambda case: OperationAnswer({**case.gradients, "u": case.dy * case.arrays["v"]}), Scaled
    )
    assert found.mistakes[0].title == "du lacks the factor 2"
