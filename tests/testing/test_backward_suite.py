"""The suite of backward passes accepts correct code and reports the smallest case of wrong code."""

from __future__ import annotations

from pathlib import Path

import my_rnn
import numpy as np
import pytest
from hypothesis import given, settings

from teachrnn import Adam, Greedy, GRUCell, Streams, Tanh, VanillaCell, backpropagate
from teachrnn.diagnosis.answer import Answer
from teachrnn.errors import DomainError
from teachrnn.submission import Submission
from teachrnn.testing import Limits, backward_suite, check_properties, instances, suite_for
from teachrnn.testing.backward_laws import CalledTwice, laws_of
from teachrnn.testing.backward_suite import search
from teachrnn.testing.held_code import HeldCode
from teachrnn.testing.instances import DrawnCase

FEW = {"examples": 10, "limits": Limits(max_T=4, max_hidden=3, max_symbols=4, max_batch=2)}


def rnn(instance, *, mistake=None, dtype=np.float64):
    """A vanilla RNN over rows, as a user might write it, with a mistake on request."""
    p = {name: a.astype(dtype) for name, a in instance.model.parameters.items()}
    x, y = (a.reshape(instance.T, -1) for a in (instance.x, instance.y))
    n = np.arange(x.shape[1])
    h, s, loss = [instance.state["h"].reshape(len(n), -1).astype(dtype)], [], 0.0
    for t in range(instance.T):
        h.append(np.tanh(p["U"].T[x[t]] + h[t] @ p["W"].T + p["b"]))
        e = np.exp(h[t + 1] @ p["V"].T + p["c"])
        s.append(e / e.sum(axis=1, keepdims=True))
        loss -= np.log(s[t][n, y[t]]).sum()
    d = {name: np.zeros_like(a) for name, a in p.items()}
    carried = np.zeros_like(h[0])
    for t in reversed(range(instance.T)):
        do = s[t].copy()
        do[n, y[t]] -= 1
        da = (do @ p["V"] + carried) * (1 - h[t + 1] ** 2)
        d["V"] += do.T @ h[t + 1]
        d["c"] += do.sum(axis=0)
        d["W"] += da.T @ (np.zeros_like(h[0]) if mistake == "starts from 0" and t == 0 else h[t])
        d["b"] += da.mean(axis=0) if mistake == "mean over the batch" else da.sum(axis=0)
        if mistake == "written over":
            d["U"].T[x[t]] = da
        else:
            np.add.at(d["U"].T, x[t], da)
        carried = da @ (p["W"].T if mistake == "no transpose" else p["W"])
        if mistake == "no carry" or (mistake == "carry of two steps" and t == instance.T - 2):
            carried = np.zeros_like(carried)
    if mistake == "clipped":
        d = {name: np.clip(a, -1, 1) for name, a in d.items()}
    d["h[0]"] = carried.reshape(instance.state["h"].shape)
    values = {"h": np.array(h[1:]).reshape(instance.T, *d["h[0]"].shape)}
    return Answer(d, loss, values)


def wrong(mistake):
    return lambda instance: rnn(instance, mistake=mistake)


def found(program, law, **settings):
    limits = settings.pop("limits", FEW["limits"])
    return search(program, limits=limits, examples=30, **settings).counterexample(law)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_code_obeys_every_law_in_either_precision(dtype):
    report = check_properties(lambda instance: rnn(instance, dtype=dtype), dtype=dtype, **FEW)
    assert report.holds, str(report)
    assert report.open == {}
    assert {"runs", "values", "loss", "dU", "dW", "db", "dV", "dc", "dh[0]"} <= set(report.held)


def test_round_numbers_that_cancel_in_another_order_are_not_a_mistake():
    instance = DrawnCase("vanilla", T=1, hidden=1, symbols=2, start=0.8).instance()
    instance.state["h"][:] = 1
    instance.model.set_parameters(W=[[-0.9]], U=[[0.1, 0.1]], b=[0.8])
    called = CalledTwice(HeldCode.of(rnn), instance)
    h = called.first.values["h"][0], instance.trace["h[1]"].data
    assert h[0] != h[1], "both were added in the same order, so this test sees nothing"
    laws = {law.name: law for law in laws_of("vanilla")}
    assert laws["dV"].on(called).state == "holds"
    assert laws["loss"].on(called).state == "holds"


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_right_gradients_of_other_cells_obey_their_laws(cell):
    def ours(instance):
        sweep = backpropagate(instance.trace)
        initial = {f"{n}[0]": sweep.gradient(f"{n}[0]") for n in instance.state}
        return float(instance.trace.total_loss), {**sweep.gradients(), **initial}

    report = check_properties(ours, cell=cell, limits=FEW["limits"], examples=5)
    assert report.holds, str(report)
    assert list(report.open) == ["values"]


@pytest.mark.parametrize(
    ("mistake", "law", "sizes", "clues"),
    [
        ("no carry", "dU", (2, 1, None), ["at T = 1: look at what you carry"]),
        ("no transpose", "dU", (2, 2, None), ["at T = 1: look at", "at m = 1: look for a transpose"]),
        ("carry of two steps", "dU", (3, 1, None), ["at T < 3: look at what you carry"]),
        ("mean over the batch", "db", (1, 1, 2), ["at B = 1: look at sums over the batch"]),
        ("starts from 0", "dW", (1, 1, None), ["with h[0] = 0: look at the first step"]),
        ("written over", "dU", (3, 1, None), ["where no symbol occurs twice: look at whether"]),
    ],
)
def test_the_smallest_case_says_where_to_look(mistake, law, sizes, clues):
    smallest = found(wrong(mistake), law)
    case = smallest.case
    assert (case.T, case.hidden, case.batch) == sizes
    assert [
        str(kind)[: len(clue)] for kind, clue in zip(smallest.clues.kinds, clues, strict=True)
    ] == clues
    assert smallest.clues.fail >= 9


def test_a_case_is_shown_with_all_its_numbers_and_python_draws_them_again():
    text = str(found(wrong("no carry"), "dU"))
    lines = text.splitlines()
    assert lines[0].startswith("dU: dU[0, 0] should be ")
    assert "T = 2, m = 1, K = 2, one sequence (vanilla)" in lines[1]
    assert [line.split(" = ")[0].strip() for line in lines[2:9]] == ["x", "h[0]", *"UWbVc"]
    assert "In this case db and dh[0] fail too." in lines
    assert "In this case values, loss, dW, dV and dc are right." in lines
    again = eval(
        lines[-1].partition(": ")[2], {"Instance": type(DrawnCase("vanilla", 1, 1, 2).instance())}
    )
    assert lines[5] == f"  W = {again.model.parameters['W'].tolist()}"


def test_no_size_is_blamed_where_the_failure_depends_on_the_numbers():
    smallest = found(wrong("clipped"), "dU", limits=Limits(max_T=4, max_hidden=3, max_batch=0))
    assert smallest.clues.kinds == []
    assert "that depends on the numbers, not on the sizes. Look for" in str(smallest)


def raises_at_one_step(instance):
    if instance.T == 1:
        raise IndexError("there is no step before")
    return rnn(instance)


def adds_up_from_call_to_call(instance, kept={}):  # noqa: B006
    answer = rnn(instance)
    for name, d in answer.gradients.items():
        if name in kept and kept[name].shape == d.shape:
            d += kept[name]
        kept[name] = d
    return answer


def writes_into_its_weights(instance):
    answer = rnn(instance)
    instance.model.parameters["W"] *= 2
    return answer


def with_columns(instance):
    answer = rnn(instance)
    answer.gradients["b"] = answer.gradients["b"][:, np.newaxis]
    return answer


def without_a_gradient(instance):
    answer = rnn(instance)
    return {"Wxh": answer.gradients["U"], **{n: answer.gradients[n] for n in "WbVc"}}


def with_a_gradient_of_nan(instance):
    answer = rnn(instance)
    answer.gradients["W"] = answer.gradients["W"] * np.nan
    return answer


def with_another_loss(instance):
    answer = rnn(instance)
    return answer.loss / instance.T, answer.gradients


def with_late_states(instance):
    answer = rnn(instance)
    answer.values["h"] = np.roll(answer.values["h"], 1, axis=0)
    return answer


@pytest.mark.parametrize(
    ("program", "law", "said"),
    [
        (
            raises_at_one_step,
            "runs",
            "raises IndexError: there is no step before\n  test_backward_suite.py, line",
        ),
        (
            lambda instance: None,
            "runs",
            "it returned nothing; it must return a dict of gradients by name",
        ),
        (
            lambda instance: ([1.0, 2.0], {}),
            "runs",
            "the loss must be one number, not an array of shape (2,)",
        ),
        (adds_up_from_call_to_call, "same twice", "something is kept from one call to the next"),
        (writes_into_its_weights, "inputs untouched", "it writes into W: work on a copy"),
        (with_columns, "db", "db should have shape (1,), but has (1, 1)"),
        (without_a_gradient, "dU", "there is no gradient of U; what it returned: Wxh, W, b, V, c"),
        (with_a_gradient_of_nan, "dW", "but is nan"),
        (with_another_loss, "loss", "nats, summed over steps and sequences, but is"),
        (with_late_states, "values", "h[1][0] should be"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_bad_behaviour_breaks_the_law_about_it(program, law, said):
    assert said in str(found(program, law))


@pytest.mark.parametrize(
    ("line", "wrong", "law", "said"),
    [
        ("dh_next = W.T @ da", "dh_next = 0 * da", "dU", "at T = 1: look at what you carry"),
        (
            "return {",
            "calls.append(0); db += len(calls); return {",
            "same twice",
            "something is kept between",
        ),
        ("return {", "x[:] = 0; return {", "inputs untouched", "writes into its argument `x`"),
    ],
)
def test_code_in_its_own_layout_is_checked_against_the_same_laws(line, wrong, law, said, tmp_path):
    file = tmp_path / "my_rnn.py"
    right = Path(my_rnn.__file__).read_text("utf-8")
    assert line in right
    file.write_text(f"{right.replace(line, wrong)}\ncalls = []\n")
    assert said in str(found(Submission.of(file), law, limits=Limits(max_T=3, max_hidden=2)))


def test_code_that_only_runs_at_some_sizes_is_checked_against_the_other_laws_there():
    report = check_properties(raises_at_one_step, **FEW)
    assert [example.law for example in report.counterexamples] == ["runs"]
    assert "dU" in report.held


def test_code_that_takes_one_sequence_and_no_state_is_given_nothing_else():
    seen = []

    def program(instance):
        seen.append((instance.x.ndim, bool(np.any(instance.state["h"]))))
        return rnn(instance)

    check_properties(program, batches=False, starts=False, **FEW)
    assert set(seen) == {(1, False)}


def test_a_report_shows_each_case_once():
    text = str(check_properties(wrong("no carry"), **FEW))
    assert text.startswith("7 laws hold: runs,")
    assert "db: db[0] should be" in text
    assert text.count("The case is the same as for dU.") >= 1


def cases_of(test):
    (mark,) = [mark for mark in test.pytestmark if mark.name == "parametrize"]
    return mark.args[1]


def test_the_suite_is_a_test_with_a_case_for_each_law_that_fails_or_is_skipped_with_a_reason():
    few = Limits(max_T=2, max_hidden=1, max_symbols=2, max_batch=0)
    test = backward_suite(without_a_gradient, limits=few)
    assert {"runs", "loss", "dU", "dh[0]"} <= set(cases_of(test))
    test(law="dW")
    with pytest.raises(pytest.fail.Exception, match="there is no gradient of U"):
        test(law="dU")
    with pytest.raises(pytest.skip.Exception, match=r"no gradient of h\[0\] is returned"):
        test(law="dh[0]")


@pytest.mark.parametrize(
    ("thing", "id_of_a_case"),
    [
        (Tanh, "Tanh.forward"),
        (VanillaCell, "VanillaCell.terms_add_up"),
        (Adam, "Adam.update_equals_the_formula"),
        (Greedy, "Greedy.distribution_is_valid"),
        (Greedy(), "Greedy().distribution_is_valid"),
        (Streams, "Streams.targets_are_the_next_symbols"),
        (rnn, "loss"),
    ],
    ids=["operation", "cell", "optimizer", "sampler", "one sampler", "batching", "backward pass"],
)
def test_suite_for_gives_each_kind_of_thing_its_suite(thing, id_of_a_case):
    assert id_of_a_case in map(str, cases_of(suite_for(thing)))


def test_suite_for_passes_settings_on():
    assert "dW_f" in cases_of(suite_for(rnn, cell="lstm"))


@pytest.mark.parametrize("thing", [Adam(), int, 3, "vanilla"])
def test_suite_for_refuses_what_has_no_suite_and_lists_what_has_one(thing):
    with pytest.raises(DomainError, match="suite"):
        suite_for(thing)


@settings(max_examples=10)
@given(instances(GRUCell, max_T=3, max_hidden=2, max_batch=0, starts=(0.5,)))
def test_instances_are_within_their_limits_and_have_numbers_of_one_digit(instance):
    assert instance.T <= 3
    assert instance.model.cell is GRUCell
    assert instance.x.ndim == 1
    numbers = np.concatenate(
        [a.ravel() for a in [*instance.model.parameters.values(), instance.state["h"]]]
    )
    assert all(float(f"{number:.0e}") == number for number in numbers)
