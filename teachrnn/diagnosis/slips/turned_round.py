"""A sign or a quotient is the wrong way round; a factor counts twice; an exponent is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from teachrnn.diagnosis.changes import Negated
from teachrnn.diagnosis.slips.slip import FormulaPlace, LettersAtHand, Slip, WrongFormula, said
from teachrnn.formulas import tree
from teachrnn.formulas.tree import Letter


class WrongSign(Slip):
    """Plus stands in place of minus, or minus in place of plus."""

    name = Negated.name
    why = "Compare the signs one by one."

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At sums and differences, and at the whole formula."""
        if place.top and letters.op is not None:
            inner = place.part.of if isinstance(place.part, tree.Negative) else None
            yield cls.wrong(place, inner or tree.Negative(place.part), "has the wrong sign")
        match place.part:
            case tree.Plus(left=a, right=b):
                yield cls.wrong(place, a - b, f"subtracts {said(b)}, which should be added")
            case tree.Minus(left=a, right=b):
                yield cls.wrong(place, a + b, f"adds {said(b)}, which should be subtracted")
                words = f"has {said(b - a)} in place of {said(place.part)}"
                yield cls.wrong(place, b - a, words)


class QuotientInverted(Slip):
    """A product stands in place of a quotient, or vice versa; or a quotient is upside down."""

    name = "product and quotient mixed up"
    why = "Look at what is multiplied by, and what is divided by."

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
    """A factor occurs twice."""

    name = "factor twice"
    why = "Every factor occurs once: it may be in what you computed before already."

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


class WrongPower(Slip):
    """An exponent is missing, belongs to something else, or is one too many."""

    name = "wrong power"
    why = "Look at the exponents of the formula, and at what each of them belongs to."

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At powers; at 1 - y^2, which is read as (1 - y)^2; at letters, which are squared."""
        match place.part:
            case tree.Power(base=a):
                yield cls.wrong(place, a, f"has {said(a)} in place of {said(place.part)}")
            case tree.Minus(left=a, right=tree.Power(base=b, exponent=n)):
                misread = tree.Power(a - b, n)
                words = f"has {said(misread)} in place of {said(place.part)}"
                yield cls.wrong(place, misread, words)
            case Letter(kind="value") if not letters.op or letters.op.shape_rule.output:
                wrong = place.part**2
                yield cls.wrong(place, wrong, f"has {said(wrong)} in place of {said(place.part)}", 3)


def _twice(factor: tree.Formula) -> str:
    return f"has the factor {said(factor)} twice"
