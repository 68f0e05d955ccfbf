"""The suite tests users' rules: correct ones pass as they were published, wrong ones fail.

The mistakes here are in both the rule and its formula, so that no law relies on comparing the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from spoilt import AT_SIGHT

from teachrnn.hyper_parameter import fraction, not_negative, positive
from teachrnn.optimizers import SGD, Optimizer
from teachrnn.testing.optimizer_suite import LAWS, DrawnUpdates, optimizer_suite


@dataclass(kw_only=True, eq=False)
class SignSGD(Optimizer, register=False):
    """Bernstein et al. (2018), signSGD, algorithm 1; its published rate for ImageNet is 0.0001."""

    name = "sign-sgd"
    eta: float = positive(0.0001)

    def rule(self, theta, g, tmp):
        np.sign(g, tmp)
        tmp *= self.eta
        theta -= tmp

    @staticmethod
    def formula(sp, theta, g, t, *, eta):
        return theta - eta * sp.sign(g), {}


@dataclass(kw_only=True, eq=False)
class Lion(Optimizer, register=False):
    """Chen et al. (2023), Symbolic discovery of optimization algorithms, algorithm 2 and section 5."""

    name = "lion"
    state = ("m",)
    eta: float = positive(0.0001)
    beta1: float = fraction(0.9)
    beta2: float = fraction(0.99)
    weight_decay: float = not_negative(0.0)

    def rule(self, theta, g, tmp, m):
        np.subtract(m, g, tmp)
        tmp *= self.beta1
        tmp += g
        np.sign(tmp, tmp)
        tmp *= self.eta
        theta -= tmp
        np.multiply(theta, self.eta * self.weight_decay, tmp)
        theta -= tmp
        m -= g
        m *= self.beta2
        m += g

    @staticmethod
    def formula(sp, theta, g, t, m, *, eta, beta1, beta2, weight_decay):
        stepped = theta - eta * sp.sign(beta1 * m + (1 - beta1) * g)
        return stepped - eta * weight_decay * stepped, {"m": beta2 * m + (1 - beta2) * g}


@dataclass(kw_only=True, eq=False)
class AdaDelta(Optimizer, register=False):
    """Zeiler (2012), ADADELTA, algorithm 1; u is the mean square of the steps."""

    name = "adadelta"
    state = ("m", "u")
    eta: float = positive(1.0)
    rho: float = fraction(0.95)
    epsilon: float = positive(1e-6)

    def rule(self, theta, g, tmp, m, u):
        m *= self.rho
        np.multiply(g, g, tmp)
        tmp *= 1 - self.rho
        m += tmp
        np.add(m, self.epsilon, tmp)
        np.divide(1, tmp, tmp)
        u += self.epsilon
        tmp *= u
        u -= self.epsilon
        np.sqrt(tmp, tmp)
        tmp *= g
        tmp *= self.eta
        theta -= tmp
        np.multiply(tmp, tmp, tmp)
        tmp *= (1 - self.rho) / self.eta**2
        u *= self.rho
        u += tmp

    @staticmethod
    def formula(sp, theta, g, t, m, u, *, eta, rho, epsilon):
        m_new = rho * m + (1 - rho) * g**2
        step = sp.sqrt((u + epsilon) / (m_new + epsilon)) * g
        return theta - eta * step, {"m": m_new, "u": rho * u + (1 - rho) * step**2}


@dataclass(kw_only=True, eq=False)
class AMSGrad(Optimizer, register=False):
    """Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond, algorithm 2."""

    name = "amsgrad"
    state = ("m", "v", "largest")
    eta: float = positive(0.001)
    beta1: float = fraction(0.9)
    beta2: float = fraction(0.999)
    epsilon: float = positive(1e-8)

    def rule(self, theta, g, tmp, m, v, largest):
        m *= self.beta1
        np.multiply(g, 1 - self.beta1, tmp)
        m += tmp
        v *= self.beta2
        np.multiply(g, g, tmp)
        tmp *= 1 - self.beta2
        v += tmp
        np.maximum(largest, v, out=largest)
        np.sqrt(largest, tmp)
        tmp += self.epsilon
        np.divide(m, tmp, tmp)
        tmp *= self.eta
        theta -= tmp

    @staticmethod
    def formula(sp, theta, g, t, m, v, largest, *, eta, beta1, beta2, epsilon):
        m_new, v_new = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        most = sp.Max(largest, v_new)
        step = eta * m_new / (sp.sqrt(most) + epsilon)
        return theta - step, {"m": m_new, "v": v_new, "largest": most}


@dataclass(kw_only=True, eq=False)
class Rprop(Optimizer, register=False):
    """Igel & Hüsken (2000), Improving the Rprop learning algorithm: iRprop-."""

    name = "rprop"
    state = ("before", "size")
    eta: float = positive(0.0125)
    up: float = positive(1.2)
    down: float = fraction(0.5)
    most: float = positive(50.0)

    def start(self):
        return {"before": 0.0, "size": self.eta}

    def rule(self, theta, g, tmp, before, size):
        before *= g
        turn = np.sign(before, before)  # 1: the same direction again; -1: the minimum was passed
        np.multiply(turn, (self.up + self.down) / 2 - 1, tmp)
        tmp += (self.up - self.down) / 2
        tmp *= turn
        tmp += 1
        size *= tmp
        np.minimum(size, self.most, out=size)
        turn += 1
        np.sign(turn, turn)
        before *= g
        np.sign(before, tmp)
        tmp *= size
        theta -= tmp

    @staticmethod
    def formula(sp, theta, g, t, before, size, *, eta, up, down, most):
        turn = before * g
        size_new = sp.Min(size * (up if turn > 0 else down if turn < 0 else 1), most)
        used = 0 if turn < 0 else g
        return theta - size_new * sp.sign(used), {"before": used, "size": size_new}


test_right_rules_at_their_published_rates = optimizer_suite(SignSGD, Lion, AdaDelta, AMSGrad, Rprop)


@dataclass(kw_only=True, eq=False)
class Faulty(SGD, register=False):
    """Gradient descent, to which tests add mistakes."""

    name = "faulty"


@dataclass(kw_only=True, eq=False)
class FaultyLion(Lion, register=False):
    """Lion, to which tests add mistakes."""

    name = "faulty-lion"


def uphill(self, theta, g, tmp):
    theta += np.multiply(g, self.eta, tmp)


def whatever_the_sign(self, theta, g, tmp):
    theta -= np.multiply(np.abs(g, tmp), self.eta, tmp)


def nowhere(self, theta, g, tmp):
    pass


def in_one_direction(self, theta, g, tmp):
    theta -= np.multiply(np.sign(np.abs(g, tmp), tmp), self.eta, tmp)


def tired_too_soon(self, theta, g, tmp):
    theta -= np.multiply(g, self.eta * 0.5**self.t, tmp)


def ever_longer(self, theta, g, tmp):
    theta -= np.multiply(g, self.eta * 1.1**self.t, tmp)


def without_friction(self, theta, g, tmp, m):
    np.multiply(g, self.eta, tmp)
    m -= tmp
    theta += m


def betas_in_each_others_place(self, theta, g, tmp, m):
    self.beta1, self.beta2 = self.beta2, self.beta1
    Lion.rule(self, theta, g, tmp, m)
    self.beta1, self.beta2 = self.beta2, self.beta1


def sign_of_the_gradient_alone(self, theta, g, tmp, m):
    SignSGD.rule(self, theta, g, tmp)
    m += (1 - self.beta2) * (g - m)


@pytest.mark.parametrize(
    ("kind", "fault", "guilty"),
    [
        (Faulty, uphill, "a_minimum_is_found"),
        (Faulty, whatever_the_sign, "a_minimum_is_found"),
        (Faulty, nowhere, "a_minimum_is_found"),
        (Faulty, in_one_direction, "a_minimum_is_found"),
        (Faulty, tired_too_soon, "a_minimum_is_found"),
        (Faulty, ever_longer, "a_minimum_is_found"),
        (FaultyLion, without_friction, "a_minimum_is_found"),
        (FaultyLion, betas_in_each_others_place, "update_equals_the_formula"),
        (FaultyLion, sign_of_the_gradient_alone, "update_equals_the_formula"),
    ],
    ids=lambda x: getattr(x, "__name__", x),
)
@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")
def test_a_wrong_rule_fails(kind, fault, guilty, monkeypatch):
    monkeypatch.setattr(kind, "rule", fault)
    (law,) = [law for law in LAWS if law.__name__ == guilty]

    @settings(**AT_SIGHT)
    @given(data=st.data())
    def holds(data):
        law(kind, data.draw)

    with pytest.raises(AssertionError):
        holds()


def test_a_sign_that_depends_on_the_last_bit_may_go_either_way():
    """0.2 - 0.8 / 4 is 0 for NumPy, but above 0 with all digits of the floats."""
    (law,) = [law for law in LAWS if law.__name__ == "update_equals_the_formula"]
    run = DrawnUpdates(Lion(beta1=0.2, beta2=0), np.zeros(1), [np.ones(1), np.full(1, -0.25)])

    @settings(database=None)
    @given(st.none())
    def holds(_):
        law(Lion, lambda strategy, label: run)

    with pytest.raises(Unsatisfiable):  # every example is given back: draw another
        holds()
