"""A sign, a difference, a quotient is the wrong way round; a factor counts twice."""

from __future__ import annotations

from collections.abc import Iterator

from teachrnn.diagnosis.changes import Inverse, Negated, Twice
from teachrnn.diagnosis.slips.slip import FormulaPlace, LettersAtHand, Slip, WrongFormula, said
from teachrnn.formulas import tree


class WrongSign(Slip):
    """Plus for minus, or minus for plus."""

    name = Negated.name
    why = "Compare the signs one by one."

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At sums and differences, and of the whole."""
        if place.top and letters.op is not None:
            inner = place.part.of if isinstance(place.part, tree.Negative) else None
            yield cls.wrong(place, inner or tree.Negative(place.part), "has the wrong sign")
        match place.part:
            case tree.Plus(left=a, right=b):
                yield cls.wrong(place, a - b, f"subtracts {said(b)}, which is to be added")
            case tree.Minus(left=a, right=b):
                yield cls.wrong(place, a + b, f"adds {said(b)}, which is to be subtracted")
                words = f"has {said(b - a)} in the place of {said(place.part)}"
                yield cls.wrong(place, b - a, words)


class QuotientInverted(Slip):
    """A product for a quotient, or the other way round."""

    name = Inverse.name
    why = "Look at what is above and what is below."

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At products of entries and at quotients."""
        match place.part:
            case tree.Elementwise(left=a, right=b):
                wrong = a / b
                yield cls.wrong(place, wrong, f"is divided by {said(b)}, not multiplied", 2)
            case tree.Quotient(left=a, right=b):
                yield cls.wrong(place, a * b, f"is multiplied by {said(b)}, not divided", 2)
                yield cls.wrong(place, b / a, f"has {said(place.part)} upside down", 2)


class FactorTwice(Slip):
    """A factor counts twice."""

    name = Twice.name
    why = "Every factor counts once: look for it in what was computed before, too."

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At products and quotients."""
        match place.part:
            case tree.Elementwise(left=a, right=b):
                yield cls.wrong(place, tree.Elementwise(place.part, b), _twice(b), 2)
            case tree.Product(left=a, right=b):
                yield cls.wrong(place, a * place.part, _twice(a), 2)
                yield cls.wrong(place, place.part * b, _twice(b), 2)
            case tree.Quotient(left=a, right=b):
                yield cls.wrong(place, place.part / b, f"is divided by {said(b)} twice", 2)
                yield cls.wrong(place, a * place.part, _twice(a), 2)


def _twice(factor: tree.Formula) -> str:
    return f"has the factor {said(factor)} twice"
