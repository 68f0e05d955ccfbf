"""Learning-rate schedules: by what factor the learning rate is multiplied at each update."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi

from teachrnn.errors import DomainError
from teachrnn.hyper_parameter import HyperParameters, count, fraction, positive
from teachrnn.part import Part
from teachrnn.registry import Registry

SCHEDULES = Registry["type[Schedule]"]("schedule")
"""Every schedule, by the name used on the command line: filled by defining subclasses."""


@dataclass(frozen=True, kw_only=True)
class Schedule(HyperParameters, Part, registry=SCHEDULES):
    r"""Base of every schedule: called with the number $t$ of an update, from 1, it returns the factor.

    Over the first $w$ updates the factor rises linearly to 1; then the schedule proper
    begins, and its updates $s = t - w$ are counted from 1 again.

    $$\eta_t = \eta \cdot \begin{cases} t / w & t \le w \\ d(t - w) & t > w \end{cases}$$

    Parameters
    ----------
    warmup : int
        $w$, by default 0.

    References
    ----------
    Goyal et al. (2017), Accurate, large minibatch SGD, section 2.2, for the rise.

    Examples
    --------
    >>> from teachrnn import Schedule, StepDecay
    >>> Schedule.find("step") is StepDecay
    True
    >>> StepDecay(every=2, factor=0.5)(3)        # the factor of the third update
    0.5
    """

    warmup: int = count(0)

    def __call__(self, t: int) -> float:
        """The factor at update $t$, from 0 to 1.

        Raises
        ------
        DomainError
            If $t$ is below 1.
        """
        if t < 1:
            raise DomainError(f"{type(self).__name__}: `t` is {t}, but updates are counted from 1.")
        if t <= self.warmup:
            return t / self.warmup
        return self.decay(t - self.warmup)

    def decay(self, s: int) -> float:
        """The factor $d(s)$ at update $s$ after the warm-up; 1 at the first.

        Parameters
        ----------
        s : int
            Which update after the warm-up, counted from 1.

        Returns
        -------
        float
            The factor, 0 to 1.
        """
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class ConstantRate(Schedule):
    r"""The learning rate stays: $d(s) = 1$.

    Parameters
    ----------
    warmup : int
        Updates over which the factor rises to 1.

    Examples
    --------
    >>> [ConstantRate(warmup=4)(t) for t in (1, 2, 4, 5, 100)]
    [0.25, 0.5, 1.0, 1.0, 1.0]
    """

    name = "constant"

    def decay(self, s: int) -> float:
        return 1.0


@dataclass(frozen=True, kw_only=True)
class StepDecay(Schedule):
    r"""The learning rate falls in steps: $d(s) = \gamma^{\lfloor (s - 1) / n \rfloor}$.

    Parameters
    ----------
    every : int
        $n$, updates from one step to the next; those of an epoch, for instance.
    factor : float
        $\gamma$.
    warmup : int
        Updates over which the factor rises to 1.

    References
    ----------
    Zaremba, Sutskever & Vinyals (2014), Recurrent neural network regularization, section 4.1: a
    constant rate, then a step at every epoch.

    Examples
    --------
    >>> [StepDecay(every=2)(t) for t in (1, 2, 3, 4, 5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    name = "step"

    every: int = count(least=1)
    factor: float = fraction(0.5)

    def decay(self, s: int) -> float:
        return self.factor ** ((s - 1) // self.every)


@dataclass(frozen=True, kw_only=True)
class ExponentialDecay(Schedule):
    r"""The learning rate falls by the same factor at every update: $d(s) = \gamma^{(s - 1) / n}$.

    Parameters
    ----------
    every : int
        $n$, the updates after which it has fallen by the factor.
    factor : float
        $\gamma$.
    warmup : int
        Updates over which the factor rises to 1.

    References
    ----------
    Senior, Heigold, Ranzato & Yang (2013), An empirical study of learning rates in deep neural
    networks for speech recognition, on exponential scheduling.

    Examples
    --------
    >>> [ExponentialDecay(every=2, factor=0.25)(t) for t in (1, 2, 3)]
    [1.0, 0.5, 0.25]
    """

    name = "exponential"

    every: int = count(least=1)
    factor: float = fraction(0.5)

    def decay(self, s: int) -> float:
        return self.factor ** ((s - 1) / self.every)


@dataclass(frozen=True, kw_only=True)
class InverseDecay(Schedule):
    r"""The learning rate falls as a power of the time: $d(s) = (1 + (s - 1) / n)^{-p}$.

    With $p = 1$ it is inverse time, with $p = 1/2$ the inverse square root. For $1/2 < p \le 1$ the
    sum of the steps diverges while that of their squares converges, and so does stochastic gradient
    descent.

    Parameters
    ----------
    every : int
        $n$, the updates after which it has fallen by the factor $2^{-p}$.
    power : float
        $p$.
    warmup : int
        Updates over which the factor rises to 1.

    References
    ----------
    Robbins & Monro (1951), A stochastic approximation method; Bottou (2012), Stochastic gradient
    descent tricks; Vaswani et al. (2017), Attention is all you need, equation 3, for
    warm-up and $p = 1/2$.

    Examples
    --------
    >>> [InverseDecay(every=10, power=1)(t) for t in (1, 11, 31)]
    [1.0, 0.5, 0.25]
    """

    name = "inverse"

    every: int = count(least=1)
    power: float = positive(0.5)

    def decay(self, s: int) -> float:
        return float((1 + (s - 1) / self.every) ** -self.power)


@dataclass(frozen=True, kw_only=True)
class CosineDecay(Schedule):
    r"""The learning rate follows half a cosine down to its minimum, and stays there.

    $$d(s) = l + \frac{1 - l}{2} \left( 1 + \cos \pi \frac{\min(s - 1, n)}{n} \right)$$

    Parameters
    ----------
    updates : int
        $n$, the updates that the fall takes.
    least : float
        $l$, by default 0.
    warmup : int
        Updates over which the factor rises to 1, before the fall.

    References
    ----------
    Loshchilov & Hutter (2017), SGDR: stochastic gradient descent with warm restarts, equation 5,
    without the restarts.

    Examples
    --------
    >>> [CosineDecay(updates=2)(t) for t in (1, 2, 3, 4)]
    [1.0, 0.5, 0.0, 0.0]
    """

    name = "cosine"

    updates: int = count(least=1)
    least: float = fraction(0.0)

    def decay(self, s: int) -> float:
        gone = min(s - 1, self.updates) / self.updates
        return self.least + (1 - self.least) / 2 * (1 + cos(pi * gone))
