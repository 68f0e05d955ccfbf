"""One check made many times, of right code and of code with each known mistake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from teachrnn.array import Array
from teachrnn.backprop import Backprop
from teachrnn.checking.set_ups.set_up import CheckSetUp
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.every_mistaken import every_mistaken
from teachrnn.diagnosis.instance import GradientsByName, Instance
from teachrnn.diagnosis.mistake import Mistake
from teachrnn.diagnosis.probes import DrawInstance
from teachrnn.formulas.name import Name
from teachrnn.reference import ComplexStep
from teachrnn.reference.double_precision import in_double
from teachrnn.reference.finite_difference import central_quotients, one_sided_quotients


@dataclass(frozen=True, eq=False)
class Tally:
    """What passed.

    Attributes
    ----------
    accepted : ndarray, shape (M,)
        For each mistake, or the code, the share of draws in which it passed, of those in which right
        code does; NaN if right code never does.
    false_alarms : int
        In how many draws right code did not pass: there the check says nothing.
    draws : int
        How many there were.
    """

    accepted: Array
    false_alarms: int
    draws: int


def try_out(
    set_up: CheckSetUp, mistakes: Sequence[Mistake], cell: str, *, draws: int, seed: int = 0
) -> Tally:
    """Make a check, on numbers drawn anew each time, and count what it lets pass.

    Parameters
    ----------
    set_up : CheckSetUp
        The check.
    mistakes : sequence of Mistake
        What is made wrong, one at a time.
    cell : str
        Name of the cell.
    draws : int
        How many times.
    seed : int
        Of the random numbers.

    Returns
    -------
    Tally
        What passed.

    Examples
    --------
    >>> from teachrnn.checking import Circumstances
    >>> from teachrnn.diagnosis.diagnose import catalogue_of
    >>> zero = [m for m in catalogue_of("vanilla").parameter if m.title == "db is zero"]
    >>> check = CheckSetUp(at=(Circumstances(T=3),))
    >>> try_out(check, zero, "vanilla", draws=3).accepted
    array([0.])
    """
    rngs = (np.random.default_rng((seed, number)) for number in range(draws))
    return _counted([_once_wrong(set_up, mistakes, cell, rng) for rng in rngs], len(mistakes))


def _once_wrong(
    set_up: CheckSetUp, mistakes: Sequence[Mistake], cell: str, rng: np.random.Generator
) -> Array | None:
    """Which mistakes pass, with these numbers; None if right code does not."""

    def wrong(instance: Instance, left: Array) -> GradientsByName:
        found = every_mistaken([mistakes[int(i)] for i in left], instance)
        computed = _as_computed(instance)
        return {n: d + (computed[n] - instance.gradients[n].ravel()) for n, d in found.items()}

    return _once(set_up, wrong, len(mistakes), partial(Instance.draw, cell), rng)


def refused_always(
    set_up: CheckSetUp,
    mistakes: Sequence[Mistake],
    cell: str,
    *,
    draws: int,
    seed: int,
    more_than: int,
    max_alarms: float,
) -> list[Mistake] | None:
    """The mistakes that a check refuses in every draw, if these are enough.

    It gives up as soon as it is clear that they are not, which is mostly after the first draw.

    Parameters
    ----------
    set_up, mistakes, cell, draws, seed
        As `try_out` has them.
    more_than : int
        How many mistakes are not enough.
    max_alarms : float
        In how many draws right code may be refused.

    Returns
    -------
    list of Mistake or None
        None if they are not enough.
    """
    left, alarms = list(mistakes), 0
    for number in range(draws):
        found = _once_wrong(set_up, left, cell, np.random.default_rng((seed, number)))
        if found is None:
            alarms += 1
        else:
            left = [m for m, passed in zip(left, found, strict=True) if not passed]
        if len(left) <= more_than or alarms > max_alarms:
            return None
    return left if alarms < draws else None


def try_code(
    set_up: CheckSetUp,
    answer: Callable[[Instance], Answer],
    draw: DrawInstance,
    *,
    draws: int,
    seed: int = 0,
) -> Tally:
    """Make a check of somebody's own code, on numbers drawn anew each time.

    Parameters
    ----------
    set_up : CheckSetUp
        The check.
    answer : callable
        Runs the code on an instance.
    draw : callable
        Draws an instance that the code can answer.
    draws : int
        How many times.
    seed : int
        Of the random numbers.

    Returns
    -------
    Tally
        In what share of the draws the code passed.

    Examples
    --------
    >>> from teachrnn.checking import Circumstances
    >>> def forgetful(instance):
    ...     return Answer({**instance.gradients, "b": 0 * instance.gradients["b"]})
    >>> check = CheckSetUp(at=(Circumstances(T=3),))
    >>> try_code(check, forgetful, partial(Instance.draw, "vanilla"), draws=3).accepted
    array([0.])
    """

    def wrong(instance: Instance, left: Array) -> GradientsByName:
        given = answer(instance).gradients
        return {
            n: np.reshape(d, (1, -1))[: len(left)] for n, d in given.items() if n in instance.gradients
        }

    rngs = (np.random.default_rng((seed, number)) for number in range(draws))
    return _counted([_once(set_up, wrong, 1, draw, rng) for rng in rngs], 1)


def _counted(draws: Sequence[Array | None], programs: int) -> Tally:
    fair = [found for found in draws if found is not None]
    passed = np.sum(fair, axis=0) if fair else np.zeros(programs)
    with np.errstate(invalid="ignore"):
        return Tally(passed / np.float64(len(fair)), len(draws) - len(fair), len(draws))


def _once(
    set_up: CheckSetUp,
    wrong: Callable[[Instance, Array], GradientsByName],
    programs: int,
    draw: DrawInstance,
    rng: np.random.Generator,
) -> Array | None:
    """Which programs pass everywhere, with these numbers; None if right code does not."""
    left = np.arange(programs)
    for numbers in set_up.at:
        instance = numbers.draw(draw, int(rng.integers(2**31)), set_up.dtype)
        right, given = _as_computed(instance), wrong(instance, left)
        passes = np.ones(len(left), dtype=bool)
        for name, rows in given.items():
            if _is_compared(name, set_up.parameters):
                parameter = _Compared(set_up, instance, name, rng)
                if not parameter.accepts(right[name]):
                    return None
                for row in np.flatnonzero((rows != right[name]).any(axis=1) & passes):
                    passes[row] = parameter.accepts(rows[row])
        left = left[passes]
    return np.isin(np.arange(programs), left)


class _Compared:
    """One parameter of an instance: gradients of it pass, or do not."""

    def __init__(
        self, set_up: CheckSetUp, instance: Instance, name: str, rng: np.random.Generator
    ) -> None:
        self.set_up, self.unit = set_up, instance.units[name]
        self.places = _places(set_up, instance.trace[name].data.size, rng)
        self.reference = _reference(set_up, instance, name, self.places)

    def accepts(self, d: Array) -> bool:
        with np.errstate(over="ignore"):  # infinite is a number too, and does not pass
            given = d[self.places].astype(self.set_up.dtype).astype(float)
        return self.set_up.rule.accepts(given, self.reference, self.unit)


def _is_compared(name: str, parameters: Sequence[str] | None) -> bool:
    return parameters is None or name in parameters or Name.of(name).letter in parameters


def _places(set_up: CheckSetUp, size: int, rng: np.random.Generator) -> Array:
    if set_up.entries is None or set_up.entries >= size:
        return np.arange(size)
    if set_up.choice == "first":
        return np.arange(set_up.entries)
    return rng.choice(size, size=set_up.entries, replace=False)


def _reference(set_up: CheckSetUp, instance: Instance, name: str, places: Array) -> Array:
    """What a gradient is compared with, rounding and truncation and all."""
    trace, steps = instance.trace, [set_up.step or 0.0]
    if set_up.against == "complex":
        return ComplexStep.slopes(trace, trace[name], places, [ComplexStep().h])[0]
    if set_up.against == "central":
        return central_quotients(trace, trace[name], places, steps)[0]
    if set_up.against == "one-sided":
        return one_sided_quotients(trace, trace[name], places, steps)[0]
    double = in_double(trace)
    exact = instance.gradients[name] if double is trace else _by_backpropagation(instance, name)
    return exact.ravel()[places]


def _as_computed(instance: Instance) -> dict[str, Array]:
    """The right gradients, flat, with the rounding of the precision in which they are computed."""
    found = {}
    for name, right in instance.gradients.items():
        exact = instance.trace[name].data.dtype == np.float64
        found[name] = (right if exact else _by_backpropagation(instance, name, double=False)).ravel()
    return found


def _by_backpropagation(instance: Instance, name: str, *, double: bool = True) -> Array:
    trace = in_double(instance.trace) if double else instance.trace
    found = Backprop(trace, losses=trace.losses).run().gradient(trace[name])
    return np.zeros(trace[name].shape) if found is None else np.asarray(found, dtype=float)
