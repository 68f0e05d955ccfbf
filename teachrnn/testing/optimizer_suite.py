"""The laws that every optimizer obeys, as one pytest test for any optimizer, built in or your own."""

from __future__ import annotations

import copy
import inspect
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings

from teachrnn.array import Array
from teachrnn.errors import DomainError, NameLookupError, ShapeError
from teachrnn.optimizers import Optimizer
from teachrnn.testing.draw import Draw
from teachrnn.testing.hyper_parameters import made
from teachrnn.testing.profiles import ON_ANY_MACHINE

DIGITS = 40
"""Number of digits with which SymPy evaluates a formula."""

TOLERANCE: dict[np.dtype[Any], float] = {np.dtype(np.float64): 1e-11, np.dtype(np.float32): 2e-4}


@dataclass(frozen=True)
class OptimizerLaw:
    """One law of one optimizer."""

    rule: type[Optimizer]
    law: Callable[[type[Optimizer], Draw], None]

    def __str__(self) -> str:
        return f"{self.rule.__name__}.{self.law.__name__}"


def optimizer_suite(*optimizers: type[Optimizer]) -> Callable[..., None]:
    """Make a pytest test that checks optimizers against every law.

    The hyper-parameters (each from its range), the number and precision of the parameters, their values,
    and the gradients of several updates are drawn at random. The laws: an update is what SymPy computes
    from the formula; entries are independent of each other, and of how a long vector is divided; the
    gradient is not changed; parameters without a gradient stay, except for weight decay; a copy and a
    restored optimizer continue bit for bit; the precision of the parameters is kept; the minimum of a
    quadratic is found at some learning rate; the settings make the same rule again; nothing is
    allocated; wrong arguments are refused by name::

        test_my_optimizer = teachrnn.testing.optimizer_suite(MyOptimizer)

    Parameters
    ----------
    *optimizers : Rule
        The classes.

    Returns
    -------
    callable
        A test, which pytest finds under the name that you assign it to.

    Examples
    --------
    >>> from teachrnn import Adam
    >>> test_adam = optimizer_suite(Adam)
    """
    laws = [OptimizerLaw(rule, law) for rule in optimizers for law in LAWS]

    @pytest.mark.parametrize("law", laws, ids=str)
    @settings(**ON_ANY_MACHINE)
    @given(data=st.data())
    def test_law(law: OptimizerLaw, data: st.DataObject) -> None:
        law.law(law.rule, data.draw)

    return test_law


def vectors(size: int, dtype: np.dtype[Any]) -> st.SearchStrategy[Array]:
    """Vectors of moderate numbers, including 0."""
    entries = st.floats(-2, 2, width=16, allow_subnormal=False)
    return hnp.arrays(dtype, size, elements=entries)


@dataclass(frozen=True)
class DrawnUpdates:
    """An optimizer, parameters, and the gradients of several updates."""

    optimizer: Optimizer
    theta: Array
    gradients: Sequence[Array]

    def end(self, optimizer: Optimizer | None = None) -> Array:
        """Parameters after all updates."""
        theta = self.theta.copy()
        for g in self.gradients:
            (optimizer or self.optimizer).update(theta, g)
        return theta


@st.composite
def runs(draw: st.DrawFn, rule: type[Optimizer], *, least: int = 1) -> DrawnUpdates:
    """An optimizer with parameters of random number and precision, and gradients for them."""
    dtype = draw(st.sampled_from(list(TOLERANCE)), label="precision")
    size = draw(st.integers(least, 6), label="number of parameters")
    optimizer = draw(made(rule), label="optimizer")
    theta = draw(vectors(size, dtype), label="theta")
    gradients = draw(st.lists(vectors(size, dtype), min_size=1, max_size=5), label="gradients")
    return DrawnUpdates(optimizer, theta, gradients)


def same(a: Array, b: Array) -> None:
    """Assert that two arrays are equal bit for bit (0 and -0 count as the same)."""
    assert a.dtype == b.dtype
    np.testing.assert_array_equal(a, b)


def update_equals_the_formula(rule: type[Optimizer], draw: Draw) -> None:
    """Several updates give the parameters and the state that SymPy gives."""
    run = draw(runs(rule), label="run")
    dtype, places = run.theta.dtype, range(run.theta.size)
    expected = np.array([_by_formula(rule, run, i) for i in places]).T
    end = run.end()
    learnt = run.optimizer.state_arrays()
    mine = np.array([end, *(learnt[name] for name in rule.state)])
    allowed = TOLERANCE[dtype] * np.maximum(1.0, np.abs(expected).max(axis=1, keepdims=True))
    for i in np.flatnonzero((np.abs(mine - expected) > allowed).any(axis=0)).tolist():
        # A sign or a threshold may depend on the last bit of a number: there the two may differ.
        for t in range(len(run.gradients)):
            for share in (-8 * np.finfo(dtype).eps, 8 * np.finfo(dtype).eps):
                nudged = np.array(_by_formula(rule, run, i, nudge={t: share}))
                assume((np.abs(nudged - expected[:, i]) <= allowed[:, 0]).all())
    for name, found, wanted, atol in zip(("theta", *rule.state), mine, expected, allowed, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=0, atol=atol[0], err_msg=name)


def _by_formula(
    rule: type[Optimizer], run: DrawnUpdates, i: int, nudge: Mapping[int, float] | None = None
) -> list[float]:
    """Entry i of the parameters and of the state after all updates, with some g larger by a fraction."""
    settings = {
        name: value if isinstance(value, bool | str) else sympy.Float(value, DIGITS)
        for name, value in run.optimizer.settings().items()
    }
    start = run.optimizer.start()
    theta = sympy.Float(float(run.theta[i]), DIGITS)
    state = {name: sympy.Float(start[name], DIGITS) for name in rule.state}
    for t, vector in enumerate(run.gradients):
        g = sympy.Float(float(vector[i]), DIGITS) * (1 + (nudge or {}).get(t, 0))
        theta, state = rule.formula(sympy, theta, g, t + 1, *state.values(), **settings)
        assert tuple(state) == rule.state, "the formula gives the state by name, in its order"
    return [float(number) for number in (theta, *state.values())]


def entries_are_independent(rule: type[Optimizer], draw: Draw) -> None:
    """Parameters in another order, or divided differently, end with the same values bit for bit."""
    run = draw(runs(rule, least=2), label="run")
    again = copy.deepcopy(run.optimizer)
    whole = run.end()
    order = np.array(draw(st.permutations(range(whole.size)), label="order"))
    shuffled = DrawnUpdates(again, run.theta[order], [g[order] for g in run.gradients])
    length = draw(st.integers(1, whole.size), label="length of a part")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rule, "stretch_bytes", length * whole.itemsize)
        same(shuffled.end(), whole[order])


def gradient_is_left_alone(rule: type[Optimizer], draw: Draw) -> None:
    """Nothing is written into the gradient."""
    run = draw(runs(rule), label="run")
    before = [g.copy() for g in run.gradients]
    for g in run.gradients:
        g.flags.writeable = False
    run.end()
    for g, b in zip(run.gradients, before, strict=True):
        same(g, b)


def parameters_without_gradient_stay(rule: type[Optimizer], draw: Draw) -> None:
    """A gradient that is 0 from the start changes nothing, except for the declared decay."""
    run = draw(runs(rule), label="run")
    silent = DrawnUpdates(run.optimizer, run.theta, [np.zeros_like(g) for g in run.gradients])
    settings = run.optimizer.settings()
    decay = float(settings["eta"]) * float(settings.get("weight_decay", 0))
    end, wanted = silent.end(), run.theta.copy()
    if decay == 0:
        same(end, wanted)
    for _ in silent.gradients:
        wanted *= 1 - decay
    np.testing.assert_allclose(end, wanted, rtol=20 * np.finfo(wanted.dtype).eps)


def a_restored_optimizer_continues_bit_for_bit(rule: type[Optimizer], draw: Draw) -> None:
    """An optimizer that was saved and restored, or copied, after any update continues unchanged."""
    run = draw(runs(rule), label="run")
    stop = draw(st.integers(0, len(run.gradients)), label="updates before the stop")
    first, then = run.gradients[:stop], run.gradients[stop:]
    theta = DrawnUpdates(run.optimizer, run.theta, first).end()
    kept = run.optimizer.state_arrays()
    copied, theta_of_the_copy = copy.deepcopy((run.optimizer, theta))
    restored = rule(**run.optimizer.settings())
    restored.restore(kept)
    straight = DrawnUpdates(run.optimizer, theta, then).end()
    same(DrawnUpdates(restored, theta, then).end(), straight)
    same(DrawnUpdates(copied, theta_of_the_copy, then).end(), straight)
    for name, array in run.optimizer.state_arrays().items():
        same(restored.state_arrays()[name], array)


def precision_is_that_of_the_parameters(rule: type[Optimizer], draw: Draw) -> None:
    """The state has the parameters' shape and precision, whatever the precision of the settings."""
    run = draw(runs(rule), label="run")
    settings = {
        name: np.float64(value) if isinstance(value, float) else value
        for name, value in run.optimizer.settings().items()
    }
    other = rule(**settings)
    other.eta = np.float64(run.optimizer.eta)  # as a schedule may set it
    same(run.end(other), run.end())
    state = run.optimizer.state_arrays()
    assert sorted(state) == sorted(["t", *rule.state])
    assert int(state["t"]) == run.optimizer.t == len(run.gradients)
    for name in rule.state:
        assert state[name].shape == run.theta.shape
        assert state[name].dtype == run.theta.dtype


def a_minimum_is_found(rule: type[Optimizer], _: Draw) -> None:
    r"""On $\frac12 \sum_i a_i \theta_i^2$ it gets near the minimum and stays, at some learning rate.

    The default learning rate was chosen for networks: at the 0.0001 published for Lion, 3,000
    updates move a parameter by 0.3. So others are tried; a wrong rule finds the minimum at none.
    Nothing is drawn at random: entries are independent, so several a, from either side, are tried
    in one quadratic.
    """
    steepness = np.linspace(0.5, 2, 7)
    ends: dict[float, float] = {}
    for power in (0, 1, -1, 2, -2, 3, -3):
        optimizer = rule(eta=rule().eta * 10.0**power)
        theta = np.concatenate([np.ones(7), -np.ones(7)])
        ends[optimizer.eta] = _distance(optimizer, theta, np.tile(steepness, 2))
        if ends[optimizer.eta] < 0.05:
            return
    tried = ", ".join(f"{end:.2g} at eta = {eta:g}" for eta, end in ends.items())
    raise AssertionError(f"started at distance 1 from the minimum, it ends this far from it: {tried}")


def _distance(optimizer: Optimizer, theta: Array, a: Array) -> float:
    """Largest distance from the minimum in the last 300 of 3,000 updates."""
    g, furthest = np.empty_like(theta), 0.0
    with np.errstate(all="ignore"):  # it diverges at too large a rate
        for left in range(2999, -1, -1):
            np.multiply(a, theta, g)
            if not np.isfinite(g).all():
                return inf
            optimizer.update(theta, g)
            if left < 300:
                furthest = max(furthest, float(np.abs(theta).max()))
    return furthest


def settings_remake_it(rule: type[Optimizer], draw: Draw) -> None:
    """``type(o)(**o.settings())`` has the same settings, and makes the same updates."""
    run = draw(runs(rule), label="run")
    twin = rule(**run.optimizer.settings())
    assert twin.settings() == run.optimizer.settings()
    assert set(twin.settings()) == set(inspect.signature(rule).parameters)
    same(run.end(twin), run.end())


def nothing_is_allocated(rule: type[Optimizer], draw: Draw) -> None:
    """After the first update no vector is allocated, not even temporarily."""
    optimizer = draw(made(rule), label="optimizer")
    theta, g = np.ones(50_000, np.float32), np.full(50_000, 0.5, np.float32)
    optimizer.update(theta, g)
    optimizer.t = 254  # one of the next updates tidies the state
    tracemalloc.start()
    try:
        for _ in range(3):
            optimizer.update(theta, g)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < theta.nbytes // 2


def wrong_arguments_are_refused(rule: type[Optimizer], draw: Draw) -> None:
    """A wrong hyper-parameter, shape, precision or state is refused, and the message names it."""
    run = draw(runs(rule, least=2), label="run")
    theta = run.theta.copy()
    for name, allowed in rule.ranges().items():
        with pytest.raises(DomainError, match=f"{rule.__name__}: `{name}`"):
            rule(**{**run.optimizer.settings(), name: allowed.low - 1})
    with pytest.raises(ShapeError, match="`g`"):
        run.optimizer.update(theta, theta[1:].copy())
    with pytest.raises(DomainError, match="share memory"):
        run.optimizer.update(theta, theta)
    with pytest.raises(DomainError, match="must be float32"):
        run.optimizer.update(theta, np.ones(theta.size, int))
    same(theta, run.theta)
    assert run.optimizer.t == 0
    run.end()
    kept = run.optimizer.state_arrays()
    with pytest.raises(NameLookupError, match="stranger"):
        run.optimizer.restore({**kept, "stranger": theta})
    with pytest.raises(DomainError, match="`t`"):
        run.optimizer.restore({**kept, "t": np.array(0.5)})
    for name in rule.state:
        with pytest.raises(NameLookupError, match="the vectors given are"):
            run.optimizer.restore({n: m for n, m in kept.items() if n != name})
        for wrong in (kept[name][1:], kept[name][None]):
            with pytest.raises(ShapeError, match=f"`{name}`"):
                run.optimizer.restore({**kept, name: wrong})
        with pytest.raises(DomainError, match=f"`{name}`"):
            run.optimizer.restore({**kept, name: kept[name].astype(complex)})
        with pytest.raises(ShapeError, match="another model"):
            run.optimizer.update(theta[1:].copy(), theta[1:].copy())
    for name, array in run.optimizer.state_arrays().items():
        same(array, kept[name])


LAWS: list[Callable[[type[Optimizer], Draw], None]] = [
    update_equals_the_formula,
    entries_are_independent,
    gradient_is_left_alone,
    parameters_without_gradient_stay,
    a_restored_optimizer_continues_bit_for_bit,
    precision_is_that_of_the_parameters,
    a_minimum_is_found,
    settings_remake_it,
    nothing_is_allocated,
    wrong_arguments_are_refused,
]
