"""The gradients that many programs give, each with one mistake of its own: a whole catalogue at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistake import Mistake, ParameterMistake, SweepMistake, WholeMistake
from teachrnn.diagnosis.reading import GradientOf, Spec, counts, term
from teachrnn.diagnosis.sweeps import Sweeps
from teachrnn.diagnosis.wrong_sum import WrongSum


def every_mistaken(mistakes: Sequence[Mistake], instance: Instance) -> dict[str, Array]:
    """For every parameter its gradient as each mistake, made alone, has it.

    The same as `mistaken_gradients` of one mistake after the other, in a fraction of the time.

    Parameters
    ----------
    mistakes : sequence of Mistake
        M of them.
    instance : Instance
        On which numbers.

    Returns
    -------
    dict
        Arrays of shape (M, size of the parameter). Where a mistake cannot be made with these shapes,
        its rows are right.

    Examples
    --------
    >>> from teachrnn.diagnosis.catalogue import Catalogue
    >>> instance = Instance.draw("vanilla", T=3, hidden=2, symbols=4)
    >>> mistakes = Catalogue.of(instance.tape).parameter
    >>> at = [m.title for m in mistakes].index("db is zero")
    >>> every_mistaken(mistakes, instance)["b"][at]
    array([0., 0.])
    """
    right = {name: d.ravel() for name, d in instance.gradients.items()}
    found = {name: np.tile(d, (len(mistakes), 1)) for name, d in right.items()}
    _sweep_mistakes(mistakes, instance, found)
    terms: dict[str, Array] = {}
    for row, mistake in enumerate(mistakes):
        if isinstance(mistake, ParameterMistake):
            wrong = {name: _formed(instance, name, spec, terms) for name, spec in mistake.specs}
            if all(d is not None for d in wrong.values()):
                for name, d in wrong.items():
                    found[name][row] = d
        elif isinstance(mistake, WholeMistake):
            for name, d in mistake.done_to(dict(instance.gradients)).items():
                found[name][row] = d.ravel()
    return found


def _sweep_mistakes(mistakes: Sequence[Mistake], instance: Instance, found: dict[str, Array]) -> None:
    """Enter the gradients of those that change the sweep."""
    of_sweep = [(row, m) for row, m in enumerate(mistakes) if isinstance(m, SweepMistake)]
    if not of_sweep:
        return
    losses = len(instance.trace.losses)
    sweeps = Sweeps(
        instance.tape, [m.edges for _, m in of_sweep], seeds=[m.seeds(losses) for _, m in of_sweep]
    )
    rows = np.array([row for row, _ in of_sweep], dtype=int)[~sweeps.impossible]
    for name, own in found.items():
        reading = instance.reading(name, None)
        assert reading is not None
        with np.errstate(all="ignore"):
            own[rows] = reading.of(sweeps)[~sweeps.impossible]


def _formed(instance: Instance, name: str, spec: Spec, right_terms: dict[str, Array]) -> Array | None:
    """The gradient of one parameter, wrongly formed from the right sweep; flat."""
    shape = instance.trace[name].shape
    if isinstance(spec, GradientOf):
        other = instance.gradients[spec.parameter]
        return other.ravel() if other.shape == shape else None
    if not isinstance(spec, WrongSum):
        terms = _terms(instance, name, spec)
        return None if terms is None else terms.sum(axis=0).ravel()
    if name not in right_terms:
        right = _terms(instance, name, None)
        assert right is not None
        right_terms[name] = right
    times = [edge.op.t for edge in instance.tape.uses[name]]
    total = np.tensordot(counts(instance.tape, spec, times, instance.B), right_terms[name], axes=1)
    if spec.transposed:
        return total.T.ravel() if len(shape) == 2 and shape[0] == shape[1] else None
    return total.ravel()


def _terms(instance: Instance, name: str, spec: Spec | None) -> Array | None:
    """What every use of a parameter adds to its gradient; None where that cannot be formed."""
    shape, found = instance.trace[name].shape, []
    for edge in instance.tape.uses[name]:
        source, local = term(instance.tape, edge, spec)
        if local is None:
            return None
        with np.errstate(all="ignore"):
            d = np.zeros(shape) if source is None else local(instance.right.arrived(source)[0])
        if d.shape != shape:
            return None
        found.append(d)
    return np.array(found)
