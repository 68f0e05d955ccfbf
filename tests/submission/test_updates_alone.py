"""Updates and clipping by themselves are found, called as they want to be, and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from teachrnn import check_backward
from teachrnn.checking.check_backward import diagnose_training_submission
from teachrnn.submission.plan import HandedIn
from teachrnn.submission.source import load
from teachrnn.submission.training_steps import UpdateSubmission, updates_in

PROGRAM = Path(__file__).parent / "updates" / "optim.py"


@pytest.fixture
def read(tmp_path):
    def read(name, old="", new=""):
        text = PROGRAM.read_text(encoding="utf-8")
        assert text.count(old) >= 1
        path = tmp_path / "optim.py"
        path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        codes = {code.said: code for code in updates_in(HandedIn.of(load(path)))}
        return diagnose_training_submission(UpdateSubmission.of(codes[name]))

    return read


@pytest.mark.parametrize(
    "name",
    ["sgd", "sgd_momentum", "rmsprop", "adam", "AdaGrad", "clip_grads", "update_parameters"],
)
def test_a_right_update_is_right_in_its_own_layout(name, read):
    found = read(name)
    assert found.right, str(found)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("sgd", "w -= config", "w += config", "in sgd, the new θ adds η g"),
        ("sgd_momentum", "* v - config", "* v + config", "the new v adds η g"),
        ("rmsprop", '(1 - config["decay_rate"]) * dw**2', "dw**2", "the new m lacks the factor 1 − γ"),
        ("adam", "(dw**2)", "dw", "the new v has g in place of g^2"),
        ("adam", 'config["t"] += 1', "pass", "the number of the previous update"),
        ("AdaGrad", "(np.sqrt(self.h[key]) + 1e-7)", "(self.h[key] + 1e-7)", "lacks the square root"),
        ("AdaGrad", "self.h[key] += grads", "self.h[key] = grads", "the new m lacks the term m[t-1]"),
        ("clip_grads", "total_norm = np.sqrt(total_norm)", "pass", "the sum of squares stands"),
        ("clip_grads", "if rate < 1:", "if True:", "below the limit are scaled, too"),
        ("update_parameters", '+= -lr * grads["dW"]', '+= 0 * lr * grads["dW"]', "W is not updated"),
    ],
)
def test_a_mistake_in_an_update_is_named(name, old, new, said, read):
    found = read(name, old, new)
    assert found.verdict == "known mistake", str(found)
    assert said in found.mistakes[0].title
    assert "smallest failing case" in found.hints(3).lower()


def test_the_smallest_case_of_an_update_can_be_done_by_hand(read):
    case = read("sgd", "w -= config", "w += config").smallest
    theta, g, eta = (case.made_of[letter] for letter in ("θ[t-1]", "g", "η"))
    assert (case.expected, case.given) == pytest.approx((theta - eta * g, theta + eta * g))
    case = read("clip_grads", "total_norm = np.sqrt(total_norm)", "pass").smallest
    g, norm, limit = (case.made_of[n] for n in ("g", "the norm of all gradients", "the limit"))
    # within the guard of 1e-6 that the student adds
    assert (case.expected, case.given) == pytest.approx(
        (g * limit / norm, g * limit / norm**2), rel=1e-5
    )


def test_a_file_of_updates_gets_a_verdict_for_each():
    found = check_backward(PROGRAM)
    assert found.right, str(found)
    assert len(found.parts) == 7
