"""What is specific to each optimizer, and what the base class refuses and keeps.

The transcriptions below are written out by hand from the papers and the assignment, on whole arrays.
"""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from spoilt import AT_SIGHT

from teachrnn.errors import DomainError, NameLookupError, ShapeError
from teachrnn.optimizers import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    Optimizer,
    RMSProp,
)
from teachrnn.optimizers.optimizer import FADING
from teachrnn.testing.optimizer_suite import LAWS

SHARES = {"mu", "gamma", "beta1", "beta2"}
"""The factor by which a state vector is kept at each update, by the letters of all optimizers."""

FADE = [rule for rule in OPTIMIZERS.values() if SHARES & set(rule.ranges())]
"""The optimizers whose state vectors decay where the gradient is 0."""

every_rule = pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=lambda rule: rule.name)


def gradients(count=6, size=5, seed=0):
    return np.random.default_rng(seed).normal(size=(count, size))


def path(optimizer, theta, gs):
    theta = theta.copy()
    for g in gs:
        optimizer.update(theta, g)
    return theta


def test_adagrad_is_the_rule_of_the_assignment():
    theta, m, eta, epsilon = np.ones(5), np.zeros(5), 0.1, 0.01
    expected = theta.copy()
    for g in gradients():
        m = m + g**2
        expected = expected - eta / np.sqrt(m + epsilon) * g
    got = path(AdaGrad(eta=eta, epsilon=epsilon), theta, gradients())
    np.testing.assert_allclose(got, expected, rtol=1e-13)


def test_rmsprop_is_the_rule_of_the_assignment():
    theta, m, eta, gamma, epsilon = np.ones(5), np.zeros(5), 0.001, 0.9, 0.01
    expected = theta.copy()
    for g in gradients():
        m = gamma * m + (1 - gamma) * g**2
        expected = expected - eta / np.sqrt(m + epsilon) * g
    got = path(RMSProp(eta=eta, gamma=gamma, epsilon=epsilon), theta, gradients())
    np.testing.assert_allclose(got, expected, rtol=1e-13)


def test_adam_is_algorithm_1_of_its_paper():
    theta, m, v = np.ones(5), np.zeros(5), np.zeros(5)
    eta, beta1, beta2, epsilon = 0.01, 0.8, 0.95, 0.1
    expected = theta.copy()
    for t, g in enumerate(gradients(), start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        expected = expected - eta * m_hat / (np.sqrt(v_hat) + epsilon)
    got = path(Adam(eta=eta, beta1=beta1, beta2=beta2, epsilon=epsilon), theta, gradients())
    np.testing.assert_allclose(got, expected, rtol=1e-13)


@pytest.mark.parametrize("rule", [AdaGrad, RMSProp, Adam, AdamW], ids=lambda rule: rule.name)
def test_position_of_epsilon_makes_a_difference(rule):
    inside = path(rule(epsilon=0.1, epsilon_inside=True), np.ones(5), gradients())
    outside = path(rule(epsilon=0.1, epsilon_inside=False), np.ones(5), gradients())
    assert (np.abs(inside - outside) > 1e-5).all()


def test_nesterov_is_the_rule_that_looks_ahead_for_every_gradient():
    a, eta, mu = np.array([0.5, 1.0, 2.0]), 0.1, 0.8  # the gradient of the bowl is a theta
    behind, v = np.ones(3), np.zeros(3)
    ahead, optimizer = np.ones(3), Nesterov(eta=eta, mu=mu)
    for _ in range(10):
        v = mu * v - eta * a * (behind + mu * v)
        behind = behind + v
        optimizer.update(ahead, a * ahead)
        np.testing.assert_allclose(ahead, behind + mu * v, rtol=1e-12)


def test_momentum_without_memory_is_gradient_descent():
    plain = path(SGD(eta=0.1), np.ones(5), gradients())
    np.testing.assert_array_equal(path(Momentum(eta=0.1, mu=0), np.ones(5), gradients()), plain)


def test_a_change_of_eta_leaves_the_velocity_as_it_is():
    optimizer, theta = Momentum(eta=1.0, mu=0.5), np.zeros(1)
    optimizer.update(theta, np.ones(1))
    optimizer.eta = 1e-12
    optimizer.update(theta, np.ones(1))
    np.testing.assert_allclose(theta, -1.5)


def test_weight_decay_does_not_pass_through_the_root():
    theta = np.array([1.0, -2.0])
    adam, adamw = Adam(eta=0.1), AdamW(eta=0.1, weight_decay=0.5)
    g = np.array([1e-3, 1e3])
    difference = path(adamw, theta, [g]) - path(adam, theta, [g])
    np.testing.assert_allclose(difference, -0.1 * 0.5 * theta, rtol=1e-12)


def test_without_weight_decay_adamw_is_adam():
    same = path(AdamW(weight_decay=0), np.ones(5), gradients())
    np.testing.assert_array_equal(same, path(Adam(), np.ones(5), gradients()))


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("rule", FADE, ids=lambda rule: rule.name)
def test_decayed_state_becomes_0_and_not_a_subnormal_number(rule, dtype):
    shares = SHARES & set(rule.ranges())
    optimizer = rule(**dict.fromkeys(shares, 0.7))  # 0.7 of the smallest number is rounded up to it
    theta, g = np.ones(2, dtype), np.ones(2, dtype)
    optimizer.update(theta, g)
    g[0] = 0
    while optimizer.t < 10 * FADING:
        optimizer.update(theta, g)
    for name in rule.state:
        faded, lively = optimizer.state_arrays()[name]
        assert faded == 0
        assert abs(lively) > 1e-3


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("rule", FADE, ids=lambda rule: rule.name)
def test_small_normal_numbers_are_kept(rule, dtype):
    tiny = np.finfo(dtype).tiny
    shares = SHARES & set(rule.ranges())
    optimizer, theta = rule(**dict.fromkeys(shares, 0.5)), np.ones(2, dtype)
    vectors = {name: np.array([2 * tiny, tiny], dtype) for name in rule.state}
    optimizer.restore({"t": np.array(FADING - 1), **vectors})
    optimizer.update(theta, np.zeros(2, dtype))  # each is halved, and then what has faded is dropped
    for name in rule.state:
        np.testing.assert_array_equal(optimizer.state_arrays()[name], [tiny, 0])


def test_updating_a_long_vector_in_blocks_gives_the_same_bits(monkeypatch):
    theta, g = gradients(2, 100_001)
    whole, cut = Adam(), Adam()
    monkeypatch.setattr(Adam, "stretch_bytes", 2**30)
    expected = path(whole, theta, [g, g])
    monkeypatch.undo()
    np.testing.assert_array_equal(path(cut, theta, [g, g]), expected)
    assert len(cut._stretches) == 4


def test_a_new_gradient_array_gives_the_same_update():
    reused, optimizer, theta = np.empty(5), AdaGrad(), np.ones(5)
    for g in gradients():
        reused[:] = g
        optimizer.update(theta, reused)
    np.testing.assert_array_equal(theta, path(AdaGrad(), np.ones(5), gradients()))


@pytest.mark.parametrize("again", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_a_copy_has_its_own_state(again):
    g = np.ones(3)
    optimizer, theta = AdaGrad(), np.ones(3)
    optimizer.update(theta, g)
    twin, theta_of_twin, g_of_twin = again((optimizer, theta, g))
    twin.update(theta_of_twin, g_of_twin)
    assert optimizer.t == 1
    np.testing.assert_allclose(optimizer.state_arrays()["m"], 1)
    np.testing.assert_allclose(twin.state_arrays()["m"], 2)
    optimizer.update(theta, g)
    np.testing.assert_array_equal(theta, theta_of_twin)


def test_a_saved_state_is_not_changed_by_later_updates():
    optimizer, theta = AdaGrad(), np.ones(3)
    optimizer.update(theta, np.ones(3))
    kept = optimizer.state_arrays()
    optimizer.update(theta, np.ones(3))
    np.testing.assert_allclose(kept["m"], 1)
    optimizer.restore(kept)
    optimizer.update(theta, np.ones(3))
    np.testing.assert_allclose(kept["m"], 1)


def test_an_optimizer_that_never_ran_can_be_saved_and_restored():
    fresh = Adam().state_arrays()
    assert list(fresh) == ["t"]
    used = Adam()
    path(used, np.ones(5), gradients())
    used.restore(fresh)
    got = path(used, np.ones(5), gradients())
    np.testing.assert_array_equal(got, path(Adam(), np.ones(5), gradients()))


def test_restoring_an_earlier_state_takes_effect_immediately():
    optimizer, theta, g = Momentum(eta=1.0, mu=0.5), np.zeros(1), np.ones(1)
    optimizer.update(theta, g)
    kept = optimizer.state_arrays()
    optimizer.update(theta, g)
    optimizer.restore(kept)
    theta[:] = -1
    optimizer.update(theta, g)
    np.testing.assert_array_equal(theta, -2.5)


@pytest.mark.parametrize("m", [np.ones(4), np.ones(3, np.float32)], ids=["length", "precision"])
def test_a_restored_state_that_does_not_fit_is_refused_by_the_update(m):
    optimizer = AdaGrad()
    optimizer.restore({"t": np.array(3), "m": m})
    with pytest.raises(ShapeError, match=r"`m` is .*, but `theta` is float64 of shape \(3,\)"):
        optimizer.update(np.ones(3), np.ones(3))


def test_a_state_that_is_not_flat_is_refused_even_by_a_new_optimizer():
    with pytest.raises(ShapeError, match=r"`m` .*\(2, 3\), but must be a flat vector"):
        AdaGrad().restore({"t": np.array(3), "m": np.ones((2, 3))})


@every_rule
def test_mixed_and_half_precision_are_refused(rule):
    theta = np.ones(3, np.float32)
    with pytest.raises(DomainError, match="`theta` is float32 and `g` float64"):
        rule().update(theta, np.ones(3))
    with pytest.raises(DomainError, match="`theta` is float16"):
        rule().update(theta.astype(np.float16), np.ones(3, np.float16))


@pytest.mark.parametrize("rule", [AdaGrad, RMSProp, Adam, AdamW], ids=lambda rule: rule.name)
def test_an_epsilon_that_is_0_in_float32_is_refused(rule):
    theta = np.ones(3)
    rule(epsilon=1e-60).update(theta, np.zeros(3))
    with pytest.raises(DomainError, match="`epsilon` is 1e-60, which float32 takes for 0"):
        rule(epsilon=1e-60).update(theta.astype(np.float32), np.zeros(3, np.float32))


def test_a_schedule_may_reach_0():
    optimizer, theta = AdaGrad(), np.ones(3, np.float32)
    optimizer.eta = 0.0
    optimizer.update(theta, np.ones(3, np.float32))
    np.testing.assert_array_equal(theta, 1)


@every_rule
@pytest.mark.parametrize("eta", [0, -0.1, float("nan"), float("inf"), "fast"])
def test_a_learning_rate_that_is_not_positive_is_refused(rule, eta):
    with pytest.raises(DomainError, match=f"`eta` is {eta} but must be a number above 0"):
        rule(eta=eta)


@pytest.mark.parametrize("share", [-0.1, 1, 1.5])
def test_a_decay_rate_of_1_or_more_is_refused(share):
    with pytest.raises(DomainError, match=r"`beta2` is .* at least 0 and below 1"):
        Adam(beta2=share)


def test_the_name_on_the_command_line_finds_the_rule():
    assert [Optimizer.find(name) for name in OPTIMIZERS] == list(OPTIMIZERS.values())
    with pytest.raises(NameLookupError, match="'adamm'; there are: adagrad, adam, adamw"):
        Optimizer.find("adamm")


@pytest.mark.parametrize("part", ["name", "rule", "formula"])
def test_an_incomplete_rule_is_refused_when_it_is_defined(part):
    body = {"name": "half", "rule": lambda self: None, "formula": staticmethod(lambda sp: None)}
    del body[part]
    with pytest.raises(TypeError, match=f"Half must define `{part}`"):
        type("Half", (Optimizer,), body)
    assert "half" not in OPTIMIZERS


@dataclass(kw_only=True, eq=False)
class Faulty(SGD, register=False):
    """Gradient descent with one fault at a time."""

    name = "faulty"


def writes_into_the_gradient(self, theta, g, tmp):
    g *= self.eta
    theta -= g


def steps_uphill(self, theta, g, tmp):
    theta += np.multiply(g, self.eta, tmp)


def divides_by_the_norm(self, theta, g, tmp):
    theta -= self.eta * g / (1 + np.sqrt(g.dot(g)))


def allocates(self, theta, g, tmp):
    theta -= self.eta * g


def creeps(self, theta, g, tmp):
    np.multiply(g, self.eta, tmp)
    tmp += 1e-3
    theta -= tmp


def remembers(self, theta, g, tmp):
    self.past = getattr(self, "past", 0) + 1
    np.multiply(g, self.eta * self.past, tmp)
    theta -= tmp


@pytest.mark.parametrize(
    ("fault", "guilty"),
    [
        (writes_into_the_gradient, "gradient_is_left_alone"),
        (steps_uphill, "update_equals_the_formula"),
        (steps_uphill, "a_minimum_is_found"),
        (divides_by_the_norm, "entries_are_independent"),
        (allocates, "nothing_is_allocated"),
        (creeps, "parameters_without_gradient_stay"),
        (remembers, "a_restored_optimizer_continues_bit_for_bit"),
    ],
    ids=lambda x: getattr(x, "__name__", x),
)
@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")  # uphill it goes out of sight
def test_the_suite_finds_the_fault(fault, guilty, monkeypatch):
    monkeypatch.setattr(Faulty, "rule", fault)
    (law,) = [law for law in LAWS if law.__name__ == guilty]

    @settings(**AT_SIGHT)
    @given(data=st.data())
    def holds(data):
        law(Faulty, data.draw)

    with pytest.raises((AssertionError, ValueError)):
        holds()
