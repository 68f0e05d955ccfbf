"""Slips that only a line of an update can have."""

from __future__ import annotations

from collections.abc import Iterator

from teachrnn.diagnosis.slips import FormulaPlace, LettersAtHand, Slip, WrongFormula


class OfUpdates(Slip, register=False):
    """Base of the slips that can be made only where the whole update is known."""

    name = "slip of an update"
    why = ""

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """Nowhere: `slips_in` makes them, which knows the whole line."""
        return iter(())


class OldNumber(OfUpdates, register=False):
    """The update is made with the number of the one before."""

    name = "wrong number of the update"
    why = "The first update has the number 1: increase t before it is used, once in every update."
    seen = "a second update"


class NothingChanged(OfUpdates, register=False):
    """The parameters stay as they were."""

    name = "update of a copy"
    why = (
        "`p -= step` changes an array in place; `p = p - step` makes another, which has to be stored or"
        " returned."
    )


class SharesExchanged(OfUpdates, register=False):
    """The two weights of a moving mean are exchanged."""

    name = "weights of the mean exchanged"
    why = "β, close to 1, is the weight of the old mean; the new value has the weight 1 - β."
