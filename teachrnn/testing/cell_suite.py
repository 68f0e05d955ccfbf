"""The laws that every recurrent cell obeys, as one pytest test for any cell, built in or your own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from teachrnn.array import Array
from teachrnn.backprop import Backprop, Itemised, backpropagate
from teachrnn.cells import Cell
from teachrnn.checking import first_leak
from teachrnn.models import CharRNN
from teachrnn.models.fused_path import FusedPath
from teachrnn.op import Op
from teachrnn.reference.complex_step import ComplexStep
from teachrnn.reference.finite_difference import CentralDifference
from teachrnn.reference.high_precision import HighPrecisionGradient
from teachrnn.reference.symbolic_network import SymbolicNetwork
from teachrnn.testing.draw import Draw
from teachrnn.testing.profiles import ON_ANY_MACHINE
from teachrnn.testing.strategies import DrawnNetwork, networks
from teachrnn.trace import Trace

MAX_NODES = 2500
"""Size of a loss that SymPy differentiates in seconds; two steps of any built-in cell are smaller."""


LONG = 70
"""Length of a sequence that is longer than what a fused pass takes at once."""

MANY = 12_000
"""Entries of U with so many symbols that a fused pass adds up its gradient row by row."""


@dataclass(frozen=True)
class CellLaw:
    """One law of one cell."""

    cell: type[Cell]
    law: Callable[[type[Cell], Draw], None]

    def __str__(self) -> str:
        return f"{self.cell.__name__}.{self.law.__name__}"


def cell_suite(*cells: type[Cell]) -> Callable[..., None]:
    """Make a pytest test that checks cells against every law, in networks of random shape.

    T, m, K, the batch size, the number of layers, the initial state, the weight scale, and whether the
    input is tokens or vectors are drawn at random. The laws: replaying a record reproduces it, and
    replaying it with other numbers gives what recording with them gives; its gradient is that of the
    symbolic replay, of complex step, of finite differences and of 50-digit arithmetic; the terms of
    shared parameters add up to their gradient; so do gradients itemised by (loss at t -> step k), of
    which a horizon keeps exactly those within reach; a batch gives the sum over its members; and the
    fused pass, if the cell has one, gives what the record gives::

        test_my_cell = teachrnn.testing.cell_suite(MyCell)

    Parameters
    ----------
    *cells : type of Cell
        The classes.

    Returns
    -------
    callable
        A test, which pytest finds under the name that you assign it to.

    Examples
    --------
    >>> from teachrnn import VanillaCell
    >>> test_vanillacell = cell_suite(VanillaCell)
    """
    cases = [CellLaw(cell, law) for cell in cells for law in LAWS + (FUSED_LAWS if cell.fused else ())]

    @pytest.mark.parametrize("case", cases, ids=str)
    def test_law(case: CellLaw) -> None:
        wanted = settings().max_examples
        if case.law is gradient_is_the_symbolic_one:  # seconds for one example, not milliseconds
            wanted = max(3, wanted // 50)

        @settings(max_examples=wanted, **ON_ANY_MACHINE)
        @given(data=st.data())
        def holds(data: st.DataObject) -> None:
            case.law(case.cell, data.draw)

        holds()

    return test_law


def leaves(trace: Trace) -> list[str]:
    """Names of all leaves that have a gradient: parameters, initial state, dense inputs."""
    return [v.name for v in trace.values if not isinstance(v, Op) and v.data.dtype.kind == "f"]


def gradient(sweep: Backprop, name: str) -> Array:
    """A leaf's gradient; zeros where the loss does not depend on it."""
    d = sweep.gradient(name)
    return np.zeros(sweep.trace[name].shape) if d is None else d


def close(a: Array, b: Array, *, of: Array | None = None, tolerance: float = 1e-12) -> None:
    """Assert that two arrays agree to ``tolerance`` times their largest entry, or that of ``of``."""
    scale = max(np.abs(b).max(initial=0.0), 0.0 if of is None else np.abs(of).max(initial=0.0))
    np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * scale + 1e-15)


def record_reproduces_itself(cell: type[Cell], draw: Draw) -> None:
    """Replaying a record gives the same bits; changing a parameter does not."""
    trace = draw(networks(cell)).record()
    assert trace.replay().total_loss == trace.total_loss
    moved = trace["c"].data.copy()
    moved[0] += 1.0
    assert trace.replay({"c": moved}).total_loss != trace.total_loss


def recording_again_is_replaying(cell: type[Cell], draw: Draw) -> None:
    """Recording with other parameters, inputs and initial state gives what replaying with them gives.

    A cell that takes a number out of its record (``h.data``) breaks this law, and no oracle can see
    it: all of them replay the record, in which that number is a constant.
    """
    network: DrawnNetwork = draw(networks(cell))
    before = network.record()
    again = network.moved(np.random.default_rng(draw(st.integers(0, 2**32 - 1), label="move"))).record()
    changed = frozenset(v.name for v in before if v.role in ("parameter", "input"))
    leak = first_leak(before, again, changed=changed)
    assert leak is None, leak
    replayed = before.replay({name: again[name].data for name in changed})
    for value in again:
        close(replayed[value.name].data, value.data, of=np.ones(1))


def gradient_is_the_complex_step(cell: type[Cell], draw: Draw) -> None:
    """Every entry of every leaf's gradient is the complex-step derivative."""
    trace = draw(networks(cell, max_steps=3, max_units=3)).record()
    sweep = backpropagate(trace)
    for name in leaves(trace):
        d = gradient(sweep, name)
        expected = ComplexStep().estimate(trace, name, np.arange(d.size)).values
        close(d.ravel(), expected, of=sweep.gradient("c"))


def gradient_is_the_finite_difference(cell: type[Cell], draw: Draw) -> None:
    """Every gradient is the central difference, as far as differences can resolve it."""
    trace = draw(networks(cell, max_steps=3, max_units=2, max_layers=1)).record()
    sweep = backpropagate(trace)
    for name in leaves(trace):
        d = gradient(sweep, name)
        found = CentralDifference().estimate(trace, name, np.arange(d.size))
        assert (np.abs(d.ravel() - found.values) <= 30 * found.bound + 1e-9).all(), name


def gradient_is_the_50_digit_one(cell: type[Cell], draw: Draw) -> None:
    """Every gradient is the 50-digit one, to the last digits of float64."""
    trace = draw(networks(cell, max_steps=3, max_units=3)).record()
    sweep = backpropagate(trace)
    exact = HighPrecisionGradient(trace)
    np.testing.assert_allclose(float(trace.total_loss), float(exact.loss), rtol=1e-13, atol=1e-13)
    for name in leaves(trace):
        if name in exact.gradients:
            expected = exact.gradients[name].astype(float)
            close(gradient(sweep, name), expected, of=sweep.gradient("c"))


def gradient_is_the_symbolic_one(cell: type[Cell], draw: Draw) -> None:
    """On a tiny network, every gradient is the derivative of one SymPy expression of the whole loss.

    The network has two steps, or one if two would take minutes.
    """
    network: DrawnNetwork = draw(
        networks(
            cell,
            max_steps=2,
            max_units=1,
            max_layers=1,
            max_symbols=2,
            max_inputs=1,
            batched=False,
        )
    )
    symbolic = _largest_within_reach(network)
    if symbolic is None:
        pytest.skip(
            f"{cell.__name__}: even one step is too long for one symbolic expression; complex step, "
            "differences and 50-digit arithmetic check its gradients."
        )
    trace = symbolic.trace
    sweep = backpropagate(trace)
    for name, expected in symbolic.gradients(leaves(trace)).items():
        close(gradient(sweep, name), expected, of=sweep.gradient("c"), tolerance=1e-10)


def _largest_within_reach(network: DrawnNetwork) -> SymbolicNetwork | None:
    """The largest number of steps that can be differentiated in seconds; None if not even one."""
    largest = None
    for T in range(1, len(network.x) + 1):
        trace = network.model.record(network.x[:T], network.y[:T], state=network.state)
        symbolic = SymbolicNetwork(trace)
        if symbolic.size > MAX_NODES:
            break
        largest = symbolic
    return largest


def terms_add_up(cell: type[Cell], draw: Draw) -> None:
    """The gradient of a shared parameter, formed in one product, is the sum of its terms."""
    trace = draw(networks(cell)).record()
    sweep = backpropagate(trace)
    for name in trace.parameters:
        terms = sweep.terms(name)
        assert len(terms) == trace.T
        total = sum((term.gradient for term in terms), start=np.zeros(trace[name].shape))
        close(gradient(sweep, name), total, tolerance=1e-13)


def itemised_gradients_add_up(cell: type[Cell], draw: Draw) -> None:
    """(loss at t -> step k) entries add up to the gradient, and are 0 for k > t."""
    trace = draw(networks(cell, max_layers=1)).record()
    sweep = backpropagate(trace)
    itemised = Itemised(trace)
    for name in trace.parameters:
        close(itemised.total(name), gradient(sweep, name), tolerance=1e-12)
        triangle = np.array(
            [[itemised.term(name, t, k) for k in range(1, trace.T + 1)] for t in range(1, trace.T + 1)]
        )
        close(triangle.sum(axis=(0, 1)), gradient(sweep, name), tolerance=1e-12)
        for t in range(trace.T):
            assert not triangle[t, t + 1 :].any()


def horizon_truncates(cell: type[Cell], draw: Draw) -> None:
    """A horizon keeps the itemised entries with t - k < horizon; a long one keeps all."""
    trace = draw(networks(cell, max_layers=1)).record()
    T = trace.T
    full = Itemised(trace)
    for horizon in range(1, T + 2):
        truncated = Itemised(trace, horizon=horizon)
        for name in trace.parameters:
            kept = sum(
                (
                    full.term(name, t, k)
                    for t in range(1, T + 1)
                    for k in range(1, t + 1)
                    if t - k < horizon
                ),
                start=np.zeros(trace[name].shape),
            )
            close(truncated.total(name), kept, tolerance=1e-12)


def batch_is_the_sum_of_its_members(cell: type[Cell], draw: Draw) -> None:
    """Loss and gradients of a batch are the sums over its members."""
    network: DrawnNetwork = draw(networks(cell, max_steps=3, max_units=3, batched=True))
    trace = network.record()
    sweep = backpropagate(trace)
    members = [
        network.model.record(
            network.x[:, i], network.y[:, i], state={n: s[i] for n, s in network.state.items()}
        )
        for i in range(network.y.shape[1])
    ]
    sweeps = [backpropagate(member) for member in members]
    np.testing.assert_allclose(trace.total_loss, sum(m.total_loss for m in members), rtol=1e-12)
    for name in trace.parameters:
        total = sum((gradient(s, name) for s in sweeps), start=np.zeros(trace[name].shape))
        close(gradient(sweep, name), total, of=sweep.gradient("c"))


def fused_loss_equals_the_chain(cell: type[Cell], draw: Draw) -> None:
    """Softmax followed by cross-entropy gives what the fused operation gives."""
    network: DrawnNetwork = draw(networks(cell, max_steps=3, max_units=3))
    fused, chain = network.record(), network.record(fused=False)
    np.testing.assert_allclose(chain.total_loss, fused.total_loss, rtol=1e-11)
    a, b = backpropagate(fused), backpropagate(chain)
    for name in fused.parameters:
        close(gradient(b, name), gradient(a, name), of=a.gradient("c"), tolerance=1e-10)


def fused_pass_equals_the_record(cell: type[Cell], draw: Draw) -> None:
    """Loss, gradients, states and all values of the fused pass are those of the record.

    There are few symbols, or so many that the gradient of U is added up row by row; sequences are
    short, or fill several groups of steps; the precision is double or single.
    """
    T = draw(st.integers(1, 40) | st.just(LONG), label="T")
    B = draw(
        st.just(1) | st.integers(2, 4), label="B"
    )  # there may be a separate pass for a single sequence
    m = draw(st.integers(1, 5), label="m")
    q = m * len(cell.gates)
    K = draw(st.integers(1, 6) | st.just(MANY // q), label="K")
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1), label="seed"))
    scale = draw(st.sampled_from([0.01, 0.1, 0.5, 1.0]), label="weight scale")
    model = CharRNN(
        hidden=m,
        symbols=K,
        cell=cell.name,
        layers=draw(st.integers(1, 2), label="layers"),
        dtype=draw(st.sampled_from([np.float64, np.float32]), label="dtype"),
        rng=rng,
    )
    model.parameters.flat[...] = rng.normal(0, scale / np.sqrt(m), model.parameters.flat.size)
    weight = draw(st.sampled_from([1.0, 1 / B, 1 / (B * T), 3.0]), label="weight of the loss")
    spread = draw(st.sampled_from([0.0, 0.5]), label="spread of the initial state")
    assert_fused_pass_equals_the_record(model, length=T, batch=B, weight=weight, spread=spread, rng=rng)


def assert_fused_pass_equals_the_record(
    model: CharRNN,
    *,
    length: int,
    batch: int,
    weight: float = 1.0,
    spread: float = 0.5,
    rng: np.random.Generator,
) -> None:
    """Compare a model's fused path with its record on two sequences, the second continuing the first.

    The parameters change between the two: the path reuses its memory, nothing of the first pass may
    be left in it, and it must use the new parameters.

    Parameters
    ----------
    model : CharRNN
        The model; its parameters are changed.
    length, batch : int
        T and B.
    weight : float
        Factor of the loss in the gradient.
    spread : float
        Standard deviation of the initial state.
    rng : numpy.random.Generator
        Generator of the sequences and the initial state.
    """
    tolerance = 1e-12 if model.dtype == np.float64 else 1e-5
    path = model.path(length=length, batch=batch, checked=False)
    assert isinstance(path, FusedPath), f"{model.cell.__name__} has no fused pass"
    state = {n: rng.normal(0, spread, s.shape) for n, s in model.initial_state(batch).items()}
    path.start(state)
    for _ in range(2):
        x, y = rng.integers(0, model.symbols, (2, length, batch))
        state = {name: vectors.copy() for name, vectors in path.state.items()}
        trace = model.record(x, y, state=state)

        def recorded(name: str, trace: Trace = trace) -> Array:
            return np.concatenate([trace[f"{name}[{t}]"].data for t in range(1, length + 1)])

        close(path.forward(x), recorded("o"), tolerance=tolerance)
        close(np.array(path.loss(x, y)), trace.total_loss, tolerance=tolerance)
        loss = path.gradient(x, y, weight=weight)
        close(np.array(loss), trace.total_loss, tolerance=tolerance)
        for name, rows in path.values().items():
            close(rows, recorded(name), tolerance=tolerance)
        for name, vectors in path.initial().items():
            np.testing.assert_array_equal(vectors, state[name])
        expected = backpropagate(trace).gradients()
        assert list(expected) == list(path.gradients)
        for name, d in expected.items():
            assert path.gradients[name].dtype == model.dtype
            one_step = np.array(weight)  # the largest p - y, before steps cancel in the sum
            close(path.gradients[name], weight * d, of=one_step, tolerance=tolerance)
        path.carry()
        for name, vectors in model.final_state(trace).items():
            close(path.state[name], vectors, tolerance=tolerance)
        model.parameters.flat[...] *= -0.9


LAWS: tuple[Callable[[type[Cell], Draw], None], ...] = (
    record_reproduces_itself,
    recording_again_is_replaying,
    gradient_is_the_complex_step,
    gradient_is_the_finite_difference,
    gradient_is_the_50_digit_one,
    gradient_is_the_symbolic_one,
    terms_add_up,
    itemised_gradients_add_up,
    horizon_truncates,
    batch_is_the_sum_of_its_members,
    fused_loss_equals_the_chain,
)

FUSED_LAWS = (fused_pass_equals_the_record,)
"""For cells that have a fused pass."""
