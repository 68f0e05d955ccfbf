"""`teachrnn check my_rnn.py` says whether code is right and what is wrong with it, as far as asked."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from teachrnn import CharRNN
from teachrnn.cli import app
from teachrnn.diagnosis.diagnose import catalogue_of
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistaken import mistaken_gradients
from teachrnn.errors import DomainError

CODE = """
import numpy as np

def forward(params, inputs, targets, hprev):
    hs, ps, loss = {-1: hprev}, {}, 0.0
    for t, x in enumerate(inputs):
        hs[t] = np.tanh(params["U"][:, x] + params["W"] @ hs[t - 1] + params["b"])
        o = params["V"] @ hs[t] + params["c"]
        ps[t] = np.exp(o) / np.exp(o).sum()
        loss -= np.log(ps[t][targets[t]])
    return loss, hs, ps

def backward(params, inputs, targets, hs, ps):
    grads = {name: np.zeros_like(p) for name, p in params.items()}
    carry = np.zeros_like(hs[-1])
    for t in reversed(range(len(inputs))):
        do = ps[t].copy()
        do[targets[t]] -= 1
        dh = params["V"].T @ do + carry
        da = dh * (1 - hs[t] ** 2)
        grads["V"] += np.outer(do, hs[t])
        grads["c"] += do
        grads["W"] += np.outer(da, hs[t - 1])
        grads["b"] += da
        grads["U"][:, inputs[t]] += da
        carry = params["W"].T @ da
    return grads
"""
WRONG = CODE.replace('params["W"].T @ da', 'params["W"] @ da')


@pytest.fixture
def run(tmp_path):
    def run(code, *options):
        path = tmp_path / "my_rnn.py"
        path.write_text(code)
        return CliRunner().invoke(app, ["check", str(path), *options])

    return run


def test_right_code_ends_with_status_0(run):
    done = run(CODE)
    assert done.exit_code == 0, done.output
    assert "Right: every gradient agrees" in done.output


def test_wrong_code_ends_with_status_1_and_its_mistake(run):
    done = run(WRONG)
    assert done.exit_code == 1
    assert "goes through W, not through its transpose" in done.output
    assert "right:  dh[t-1] += Wᵀ dr[t]" in done.output


def test_no_more_is_said_than_the_hints_allow(run):
    assert "transpose" not in run(WRONG, "--hints", "3").output
    data = json.loads(run(WRONG, "--hints", "2", "--json").output)
    assert data["verdict"] == "wrong"
    assert "mistakes" not in data


def test_what_was_understood_of_the_code_is_said(run):
    assert "`forward` and `backward`" in run(CODE).output or "forward and backward" in run(CODE).output


OPERATIONS = """
import numpy as np

def tanh_forward(x):
    out = np.tanh(x)
    return out, out

def tanh_backward(dout, out):
    return dout * (1 - out * out)

def affine_forward(x, w, b):
    return x @ w + b, (x, w)

def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout[-1]
"""


def test_each_operation_of_a_file_gets_its_verdict_and_the_end_sums_up(run):
    done = run(OPERATIONS)
    assert done.exit_code == 1
    assert "tanh_forward and tanh_backward: Right" in done.output
    assert "db is the term of the last row only" in done.output
    assert "1 of 2 parts is right; look at affine_forward and affine_backward." in done.output
    data = json.loads(run(OPERATIONS, "--json").output)
    assert [part["verdict"] for part in data["parts"].values()] == ["right", "known mistake"]
    assert "last row" not in run(OPERATIONS, "--hints", "4").output


def test_a_single_operation_has_no_page_of_time_steps(run, tmp_path):
    done = run(OPERATIONS, "--page", str(tmp_path / "yours.html"))
    assert isinstance(done.exception, DomainError)


def test_options_of_the_other_check_are_refused(run):
    done = run(CODE, "--scale", "0.5")
    assert isinstance(done.exception, DomainError)
    assert "--scale" in str(done.exception)


def test_a_page_is_written_that_opens_where_the_code_goes_wrong(run, tmp_path):
    page = tmp_path / "yours.html"
    done = run(WRONG, "--page", str(page))
    assert done.exit_code == 1
    assert "".join(f"Page: {page}".split()) in "".join(done.output.split())  # however it is wrapped
    assert 'data-step="33"' in page.read_text("utf-8"), "the way back through h[3]"


def test_results_of_another_language_are_diagnosed(tmp_path):
    file = tmp_path / "numbers.npz"
    assert CliRunner().invoke(app, ["check", "--export", str(file)]).exit_code == 0
    with np.load(file) as held:
        numbers = dict(held)
    for end in [key.removeprefix("W") for key in numbers if key.startswith("W")]:
        own = {name: numbers[name + end] for name in ("U", "W", "b", "V", "c", "x", "y", "h0")}
        loss, gradients = another_language(own)
        numbers |= {f"d{name}{end}": d for name, d in gradients.items()} | {f"loss{end}": loss}
    np.savez(file, **numbers)
    done = CliRunner().invoke(app, ["check", str(file)])
    assert done.exit_code == 1, done.output
    assert "the gradient carried back from r[t] to h[t-1] is left out" in done.output


def another_language(p):
    """A backward pass without a carry."""
    model = CharRNN(hidden=len(p["b"]), symbols=len(p["c"]), rng=np.random.default_rng(0))
    model.set_parameters(**{name: p[name] for name in ("U", "W", "b", "V", "c")})
    instance = Instance(model, p["x"], p["y"], {"h": p["h0"]})
    carry = "the gradient carried back from r[t] to h[t-1] is left out"
    (mistake,) = [m for m in catalogue_of("vanilla").sweep if m.title == carry]
    return float(instance.trace.total_loss), mistaken_gradients([mistake], instance)


def test_file_that_is_not_there_is_said(tmp_path):
    done = CliRunner().invoke(app, ["check", str(tmp_path / "nothing.py")])
    assert "no such file" in str(done.exception)


@pytest.mark.parametrize("option", ["--forward", "--backward", "--loss", "--layout", "--page"])
def test_what_can_be_said_of_code_only_is_refused_without_it(option):
    done = CliRunner().invoke(app, ["check", option, "dd2424"])
    assert isinstance(done.exception, DomainError)
    assert option in str(done.exception)


def test_numbers_are_not_handed_out_and_code_checked_at_once(run, tmp_path):
    done = run(CODE, "--export", str(tmp_path / "numbers.npz"))
    assert "leave CODE out" in str(done.exception)
