"""Slips that only an update can have."""

from __future__ import annotations

from collections.abc import Iterator

from teachrnn.diagnosis.slips import FormulaPlace, LettersAtHand, Slip, WrongFormula


class OfUpdates(Slip, register=False):
    """Base of those that are made where the whole update is known."""

    name = "slip of an update"
    why = ""

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """Nowhere in a formula by itself."""
        return iter(())


class OldNumber(OfUpdates, register=False):
    """The number of the update is one too small."""

    name = "number of the update"
    why = "The first update has the number 1: count before it is used, and count every time."
    seen = "a second update"


class NothingChanged(OfUpdates, register=False):
    """The parameters are what they were."""

    name = "update of a copy"
    why = (
        "`p -= step` changes an array in place; `p = p - step` makes another, which has to be stored or"
        " returned."
    )


class SharesExchanged(OfUpdates, register=False):
    """The two weights of a moving mean are exchanged."""

    name = "weights of the mean exchanged"
    why = "The share β, near 1, is what is kept of the old mean; the new value counts 1 - β."
