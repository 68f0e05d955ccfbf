"""With the gradients of intermediate values, every rule is judged from the code's own numbers."""

from __future__ import annotations

import numpy as np

from teachrnn.diagnosis.diagnose import catalogue_of
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.rules import wrong_rules

INSTANCE = Instance.draw("vanilla", T=4, hidden=3, symbols=7, seed=3)


def backward(instance, *, transpose=True, squared=True):
    """A backward pass as a student writes it, that keeps what it computes."""
    p, T = instance.model.parameters, instance.T
    da, dh, do = (np.zeros((T, n)) for n in (3, 3, 7))
    carry = np.zeros(3)
    for t in reversed(range(T)):
        h, o = instance.trace[f"h[{t + 1}]"].data, instance.trace[f"o[{t + 1}]"].data
        do[t] = np.exp(o) / np.exp(o).sum()
        do[t, instance.y[t]] -= 1
        dh[t] = p["V"].T @ do[t] + carry
        da[t] = dh[t] * (1 - h**2) if squared else dh[t] * (1 - np.tanh(h) ** 2)
        carry = (p["W"].T if transpose else p["W"]) @ da[t]
    return {"a": da, "h": dh, "o": do}


def judged(**how):
    return wrong_rules(INSTANCE, backward(INSTANCE, **how), catalogue_of("vanilla"), 1e-12)


def test_right_rules_are_followed():
    assert judged() == []


def test_a_mistake_makes_only_its_own_rule_wrong():
    (rule,) = judged(squared=False)
    assert (rule.value, rule.steps) == ("a", [1, 2, 3, 4])
    assert "squashed a second time" in rule.mistakes[0].title


def test_two_mistakes_are_told_apart_rule_by_rule():
    h, a = judged(squared=False, transpose=False)
    assert "squashed a second time" in a.mistakes[0].title
    assert (h.value, h.steps) == ("h", [1, 2, 3])
    assert "not through its transpose" in h.mistakes[0].title
