"""A mistake of a cell by its name, or by words of what it does."""

from __future__ import annotations

from functools import lru_cache

from teachrnn.cells import Cell
from teachrnn.diagnosis.distinct import distinct_mistakes
from teachrnn.errors import NameLookupError
from teachrnn.laboratory.planted_mistake import PlantedMistake
from teachrnn.laboratory.slipped_update import slipped_updates
from teachrnn.laboratory.well_known import well_known
from teachrnn.optimizers import Optimizer

SHOWN = 6
"""How many of several mistakes that fit are named in an error."""


@lru_cache
def known_mistakes(cell: str) -> dict[str, PlantedMistake]:
    """Every mistake that can be switched on in a network of a cell.

    Parameters
    ----------
    cell : str
        Name of the cell.

    Returns
    -------
    dict
        By name: the well-known ones under short names, then all others of the catalogue, each under a
        sentence that says what is wrong.

    Raises
    ------
    NameLookupError
        If there is no such cell.

    Examples
    --------
    >>> known = known_mistakes("vanilla")
    >>> len(known) > 190, known["no carry"].described.title
    (True, 'the gradient carried back from r[t] to h[t-1] is left out')
    """
    named = well_known(Cell.find(cell).name)
    taken = {mistake for planted in named.values() for mistake in planted.backward}
    others = [m for m in distinct_mistakes(cell) if m not in taken]
    return {**named, **{m.title: PlantedMistake.of(m.title, m) for m in others}}


def find_mistake(
    which: str | PlantedMistake, cell: str, *, optimizer: Optimizer | None = None
) -> PlantedMistake:
    """The mistake of that name; words are enough that occur in what one mistake does and no other.

    Parameters
    ----------
    which : str or PlantedMistake
        A name, such as "no carry", or words; a mistake itself is returned as it is.
    cell : str
        Name of the cell.
    optimizer : Optimizer, optional
        An optimizer, whose update may have the mistake, too.

    Returns
    -------
    PlantedMistake
        The mistake, to be planted in a training loop.

    Raises
    ------
    NameLookupError
        If there is none, or several: with what there is.

    Examples
    --------
    >>> find_mistake("db has the wrong sign", "vanilla").described.name
    'wrong sign'
    """
    if isinstance(which, PlantedMistake):
        return which
    if which in well_known(cell):
        return well_known(cell)[which]
    known = dict(known_mistakes(cell))
    if optimizer is not None:
        known |= slipped_updates(optimizer)
    if which in known:
        return known[which]
    words = which.lower()
    fitting = [p for name, p in known.items() if words in f"{name} {p.described.title}".lower()]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        some = "\n  ".join(planted.described.title for planted in fitting[:SHOWN])
        more = f"\n  and {len(fitting) - SHOWN} more" if len(fitting) > SHOWN else ""
        raise NameLookupError(
            f"{len(fitting)} mistakes of the {cell} cell have {which!r} in them:\n  {some}{more}"
        )
    from difflib import get_close_matches

    near = get_close_matches(which, well_known(cell), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    raise NameLookupError(
        f"there is no mistake {which!r} of the {cell} cell{hint} Well known are: "
        f"{', '.join(well_known(cell))}."
    )
