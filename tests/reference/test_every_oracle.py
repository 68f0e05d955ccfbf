"""Every oracle works for every value of a trace, or refuses by name, including oracles added later."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from teachrnn import CELLS, Backprop, CharRNN, Embedding, Relu, Sum, Trace
from teachrnn.errors import DomainError, NameLookupError, TeachrnnError
from teachrnn.reference import ORACLES, Oracle

SEEN_BY_A_DIFFERENCE = 1e-4


@pytest.fixture(params=sorted(ORACLES))
def oracle(request):
    if request.param == "torch":
        pytest.importorskip("torch")
    return Oracle.make(request.param)


def network(cell, dtype, *, batched=False, dense=False, targets=True):
    rng = np.random.default_rng(3)
    model = CharRNN(
        hidden=2, symbols=3, cell=cell, inputs=2 if dense else None, scale=0.5, dtype=dtype, rng=rng
    )
    leading = (2, 2) if batched else (2,)
    x = rng.normal(size=(*leading, 2)).astype(dtype) if dense else rng.integers(0, 3, leading)
    state = {name: rng.normal(0, 0.5, (*leading[1:], 2)) for name in model.state_names()}
    return model.record(x, rng.integers(0, 3, leading) if targets else None, state=state)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("cell", sorted(CELLS))
def test_every_value_has_the_gradient_that_backpropagation_computes(oracle, cell, dtype):
    trace = network(cell, dtype, batched=cell == "vanilla", dense=cell == "lstm")
    sweep = Backprop(trace).run()
    answered = 0
    for value in trace:
        if value.data.dtype.kind != "f":
            with pytest.raises(DomainError, match=f"`{value.name}`".replace("[", r"\[")):
                oracle.estimate(trace, value.name, [0])
            continue
        found = oracle.estimate(trace, value.name, np.arange(value.data.size))
        ours = sweep.gradient(value)
        ours = np.zeros(value.data.size) if ours is None else ours.ravel()
        allowed = 10 * found.bound + 100 * np.finfo(dtype).eps
        np.testing.assert_array_less(np.abs(found.values - ours), allowed, err_msg=value.name)
        assert (found.bound <= SEEN_BY_A_DIFFERENCE).all()
        answered += bool(ours.any())
    assert answered > len(trace.parameters)  # results as well


def test_gradient_of_what_the_loss_does_not_depend_on_is_zero(oracle):
    trace = Trace()
    x, unused = trace.input("x", [1.0, 2.0]), trace.input("unused", [3.0])
    Relu(unused, name="beside")
    trace.loss(Sum(x, name="L"))
    for name in ("unused", "beside"):
        np.testing.assert_array_equal(oracle.estimate(trace, name, [0]).values, [0.0])


def test_trace_without_a_loss_is_refused(oracle):
    trace = network("vanilla", "float64", targets=False)
    with pytest.raises(TeachrnnError, match="no loss whose derivative could be taken: give the model"):
        oracle.estimate(trace, "W", [0])


def test_unknown_value_and_entry_are_refused_by_name(oracle):
    trace = network("vanilla", "float64")
    with pytest.raises(NameLookupError, match="no value is named 'h'; did you mean"):
        oracle.estimate(trace, "h", [0])
    with pytest.raises(DomainError, match=r"`W` has the entries 0..3; 4 is none of them"):
        oracle.estimate(trace, "W", [0, 4])


def test_whole_numbers_have_no_derivative(oracle):
    trace = Trace()
    U = trace.parameter("U", np.ones((2, 3)))
    trace.loss(Sum(Embedding(trace.input("x", 1), U), name="L"))
    with pytest.raises(DomainError, match="`x` holds int64 numbers: only floating-point ones"):
        oracle.estimate(trace, "x", [0])


@pytest.mark.parametrize("surroundings", ["no_grad", "inference_mode", "float16", "meta"])
def test_pytorch_oracle_works_whatever_settings_its_caller_has_changed(surroundings):
    torch = pytest.importorskip("torch")
    trace = network("vanilla", "float64")
    expected = Backprop(trace).run().gradient("h[2]")
    if surroundings in ("no_grad", "inference_mode"):
        with getattr(torch, surroundings)():
            found = Oracle.make("torch").estimate(trace, "h[2]", [0, 1])
    else:
        default = torch.get_default_dtype()
        try:
            if surroundings == "float16":
                torch.set_default_dtype(torch.float16)
                found = Oracle.make("torch").estimate(trace, "h[2]", [0, 1])
            else:
                with torch.device("meta"):
                    found = Oracle.make("torch").estimate(trace, "h[2]", [0, 1])
        finally:
            torch.set_default_dtype(default)
    np.testing.assert_allclose(found.values, expected, rtol=1e-12)


def test_oracle_computes_on_one_thread_and_leaves_the_setting_as_it_was():
    seen = []

    class Watching(Oracle):
        name = "watching"
        title = "watching"

        def evaluate(self, trace, value, entries, progress):
            seen.append(threads())

    def threads():
        return {lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"}

    try:
        with threadpool_limits(2, user_api="blas"):
            Watching().estimate(network("vanilla", "float64"), "W", [0])
            assert seen == [{1}]
            assert threads() == {2}
    finally:
        del ORACLES["watching"]
