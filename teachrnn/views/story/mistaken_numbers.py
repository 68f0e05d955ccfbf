"""What a program with a mistake computes, as numbers beside the right ones."""

from __future__ import annotations

import difflib
from functools import partial

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.catalogue import Catalogue
from teachrnn.diagnosis.changes import Cut
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.mistake import Mistake, SweepMistake
from teachrnn.diagnosis.mistaken import mistaken_gradients
from teachrnn.diagnosis.sweeps import Sweeps
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.op import Op, Value
from teachrnn.runs import SmallNetwork
from teachrnn.triangle import Triangle
from teachrnn.views.story.yours import Yours

NO_CARRY = "no carry"
"""The mistake that is made if none is named: nothing is carried back to the time step before."""


def mistaken_numbers(network: SmallNetwork, words: str = NO_CARRY) -> Yours:
    """The gradients of a network as a backward pass with a mistake computes them.

    Parameters
    ----------
    network : SmallNetwork
        The network.
    words : str
        The mistake: ``"no carry"``, for backpropagation that does not go through time; or words of the
        diagnosis's own name for it, such as ``"carried back transposed"``. Of those that have all the
        words the one with the shortest name is taken.

    Returns
    -------
    Yours
        Every gradient that it computes, and how far each loss reaches then; their ``title`` is the name
        of the mistake.

    Raises
    ------
    NameLookupError
        If no mistake that this cell can be written with has these words.
    DomainError
        If the mistake cannot be made with these sizes, or gives numbers that are not finite.

    Examples
    --------
    >>> from teachrnn.runs import small_network
    >>> mistaken_numbers(small_network("hello", hidden=2, updates=0)).title
    'no carry'
    """
    tokens = network.vocabulary.encode(network.text)
    instance = Instance(network.model, tokens[:-1], tokens[1:], {})
    mistake = _find(instance, words)
    gradients = mistaken_gradients([mistake], instance)
    if gradients is None:
        raise DomainError(
            f"the mistake {mistake.title!r} cannot be made with this network: take another size, or "
            "another mistake."
        )
    given = dict(gradients)
    trace, losses = instance.trace, instance.trace.losses
    sweeping = isinstance(mistake, SweepMistake)
    counts = mistake.seeds(len(losses)) if isinstance(mistake, SweepMistake) else None
    counted = np.ones(len(losses)) if counts is None else np.array(counts)
    one_by_one = np.diag(counted).tolist()  # each loss alone, after all of them
    edges = mistake.edges if isinstance(mistake, SweepMistake) else {}
    sweeps = Sweeps(instance.tape, [edges] * (1 + len(losses)), seeds=[counted.tolist(), *one_by_one])
    for value in trace.values if sweeping else ():
        if isinstance(value, Op) and value.t is not None:
            given[value.name] = np.array(sweeps.arrived(value)[0])
    arrived = {
        loss.t: partial(_brought, sweeps, row)
        for row, loss in enumerate(losses, 1)
        if loss.t is not None
    }
    return Yours(gradients=given, title=mistake.title, triangle=Triangle.of_states(trace, arrived))


def _brought(sweeps: Sweeps, row: int, value: Value) -> Array | None:
    found: Array = sweeps.arrived(value)[row]
    return found if found.any() else None


def _find(instance: Instance, words: str) -> Mistake:
    if words == NO_CARRY:
        carried = tuple((site, Cut()) for site in instance.tape.sites if site.carries)
        return SweepMistake(NO_CARRY, carried)
    catalogue = Catalogue.of(instance.tape)
    every: list[Mistake] = [*catalogue.sweep, *catalogue.parameter]
    wanted = words.lower().split()
    found = [m for m in every if all(word in m.title.lower() for word in wanted)]
    if not wanted or not found:
        titles = [NO_CARRY, *dict.fromkeys(m.title for m in every)]
        near = difflib.get_close_matches(words, titles, n=3, cutoff=0.0)
        raise NameLookupError(
            f"no mistake of {instance.model.cell.name} has the words {words!r}; of {len(titles)}, near: "
            f"{'; '.join(near)}."
        )
    return min(found, key=lambda m: (len(m.title), m.title))
