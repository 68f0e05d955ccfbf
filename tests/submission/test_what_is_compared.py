"""What of a file is compared: probabilities without a loss, too; what is not is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from teachrnn import check_backward
from teachrnn.submission import Submission

PROGRAMS = Path(__file__).parent / "programs"
CODE = """
import numpy as np

def forward(x, h0, U, W, V, b, c):
    hs, os, ps = {-1: h0}, {}, {}
    for t in range(len(x)):
        hs[t] = np.tanh(W @ hs[t - 1] + U[:, x[t]] + b)
        os[t] = V @ hs[t] + c
        ps[t] = np.exp(os[t]) / np.exp(os[t]).sum()
    return hs, ps

def backward(x, y, hs, ps, U, W, V, b, c):
    dU, dW, dV, db, dc = (np.zeros_like(p) for p in (U, W, V, b, c))
    dh = np.zeros_like(b)
    for t in reversed(range(len(x))):
        do = np.exp(V @ hs[t] + c)
        do = do / do.sum()
        do[y[t]] -= 1
        dV += np.outer(do, hs[t])
        dc += do
        da = (V.T @ do + dh) * (1 - hs[t] ** 2)
        dU[:, x[t]] += da
        dW += np.outer(da, hs[t - 1])
        db += da
        dh = W.T @ da
    return dU, dW, dV, db, dc
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("V @ hs[t] + c\n        ps", "V @ hs[t] - c\n        ps", "; h is right."),
        (".sum()\n    return hs, ps", ".max()\n    return hs, os, ps", "; h and o are right."),
    ],
    ids=["wrong scores", "wrong softmax"],
)
def test_a_forward_pass_whose_probabilities_alone_are_wrong_is_not_right(old, new, said, tmp_path):
    path = tmp_path / "my_rnn.py"
    assert old in CODE
    path.write_text(CODE.replace(old, new), encoding="utf-8")
    found = check_backward(path)
    assert found.verdict == "forward pass differs"
    assert found.remarks[0].startswith("p[1] differs from the model's, at ")
    assert found.remarks[0].endswith(said)
    assert "`ps` should be p, and is not." in found.read_as
    assert "There p[1]" in found.hints(3)
    assert not any(c.wrong for c in found.compared)  # the backward pass has a softmax of its own


OLD = """
def backward_old(x, y, hs, ps, U, W, V, b, c):
    dU, dW, dV, db, dc = (np.zeros_like(p) for p in (U, W, V, b, c))
    return dU, dW, dV, db, dc

def loss_and_grads(x, y, h0, U, W, V, b, c):
    hs, ps = forward(x, h0, U, W, V, b, c)
    return backward(x, y, hs, ps, U, W, V, b, c)
"""


def test_the_same_with_right_probabilities_is_right_and_a_second_backward_pass_is_noted(tmp_path):
    path = tmp_path / "my_rnn.py"
    path.write_text(CODE + OLD, encoding="utf-8")
    found = check_backward(path)
    assert found.right
    said = [sentence for sentence in found.read_as if "not compared" in sentence]
    assert said == [
        "Found, too, and not compared: `backward_old`. backward= takes it as the backward pass instead."
    ]


def test_another_class_is_named_too(tmp_path):
    text = (Path(__file__).parent / "programs" / "wild.py").read_text(encoding="utf-8")
    path = tmp_path / "my_rnn.py"
    path.write_text(f"{text}\n\n{text.replace('class RNNNumpy', 'class OldRNN')}", encoding="utf-8")
    facts = Submission.of(path).convention.facts
    (other,) = {"RNNNumpy", "OldRNN"} - {facts["functions"].split()[1].partition(".")[0]}
    said = [sentence for fact, sentence in facts.items() if fact.startswith("unused")]
    assert said == [
        f"Found, too, and not compared: `{other}`. A class is compared if it is handed in by itself."
    ]


def test_the_gradient_of_the_initial_state_is_compared_where_it_is_returned(tmp_path):
    path = tmp_path / "my_rnn.py"
    returns = CODE.replace(
        "return dU, dW, dV, db, dc", "dh0 = START\n    return dU, dW, dV, db, dc, dh0, do"
    )

    def checked(text):
        path.write_text(text, encoding="utf-8")
        return check_backward(path)

    found = checked(returns.replace("START", "dh"))
    assert found.right
    assert "`dh0` is the gradient of the initial state h[0]." in found.read_as
    assert "Returned, and not compared: `do`." in found.read_as
    found = checked(returns.replace("START", "da"))
    assert [c.name for c in found.compared if c.wrong] == ["h[0]"]
    assert found.mistakes[0].title.endswith("lacks the derivative (at t = 1 only)")
    found = checked(returns.replace("START", "2 * dh"))
    assert (found.verdict, found.relations) == ("unknown mistake", ["dh[0] is 2 times the right one."])
    assert "None of 277 known mistakes gives these numbers." in str(found)


def test_the_gradient_of_the_initial_state_says_which_of_several_mistakes_it_is(tmp_path):
    """Without a carry dh[0] is zero; it is not where the carry is formed, and never added."""
    path = tmp_path / "my_rnn.py"
    never_added = CODE.replace(" + dh)", ")").replace("return dU, dW, dV, db, dc", "return GIVEN")
    said = []
    for given, carry in (("", "W.T"), (", dh0", "W.T"), (", dh0", "2 * W.T")):
        text = never_added.replace("GIVEN", f"dU, dW, dV, db, dc{given}")
        path.write_text(text.replace("dh = W.T", f"dh0 = {carry}"), encoding="utf-8")
        said.append(check_backward(path))
    without, never, twice = said
    assert "is left out" in without.mistakes[0].title
    assert "is passed on before the part that comes from r.x" in never.mistakes[0].title
    assert "is left out" in twice.mistakes[0].title
    assert twice.relations[0].startswith("dh[0]: wrong in some other way, too")


def test_with_as_many_units_as_sequences_the_gradient_of_the_initial_state_is_not_turned():
    submission = Submission.of(PROGRAMS / "coursera.py")
    instance = submission.draw(T=2, hidden=3, symbols=4, batch=3, seed=1)
    given = submission.answer(instance).gradients["h[0]"]
    assert given == pytest.approx(instance.state_gradients["h[0]"])


@pytest.mark.parametrize(
    ("returned", "taken"),
    [("{'h': hs, 'p': ps}", "cache['h'], cache['p']"), ("hs, ps", "cache")],
    ids=["a dict", "several values"],
)
def test_all_that_the_forward_pass_returns_can_be_handed_on_as_one_cache(returned, taken, tmp_path):
    path = tmp_path / "my_rnn.py"
    text = CODE.replace("return hs, ps", f"cache = {returned}\n    return cache")
    if taken == "cache":
        text = CODE
    text = text.replace("(x, y, hs, ps, U", "(x, y, cache, U")
    path.write_text(text.replace("    dU, dW", f"    hs, ps = {taken}\n    dU, dW", 1), encoding="utf-8")
    submission = Submission.of(path)
    instance = submission.draw(T=3, hidden=2, symbols=4, seed=1)
    for name, d in submission.answer(instance).gradients.items():
        assert d == pytest.approx(instance.gradients[name]), name
