"""A factor, a term, a function, a transpose is left out."""

from __future__ import annotations

from collections.abc import Iterator

from teachrnn.diagnosis.changes import Bare, Transposed
from teachrnn.diagnosis.slips.slip import FormulaPlace, LettersAtHand, Slip, WrongFormula, said
from teachrnn.formulas import tree
from teachrnn.formulas.tree import Formula, Letter


class FactorLeftOut(Slip):
    """A factor or a divisor is missing."""

    name = "factor left out"
    why = "Every factor of the formula has to appear in your line: compare them one by one."

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """Both factors of a product, and the divisor of a quotient."""
        match place.part:
            case tree.Elementwise(left=a, right=b) | tree.Product(left=a, right=b):
                for kept, lost in ((a, b), (b, a)):
                    if place.top and letters.op is not None and _is_gradient(kept):
                        yield WrongFormula(place.put(kept), "lacks the derivative", DerivativeLeftOut)
                    else:
                        weight = 2 if _is_gradient(lost) else 1
                        yield cls.wrong(place, kept, f"lacks the factor {said(lost)}", weight)
            case tree.Quotient(left=a, right=b):
                yield cls.wrong(place, a, f"is not divided by {said(b)}")
                yield cls.wrong(place, tree.Number(1) / b, f"lacks the factor {said(a)}", 2)


class DerivativeLeftOut(Slip):
    """The gradient that arrives is passed on without the derivative."""

    name = Bare.name
    why = Bare.why
    seen = Bare.seen

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """Nowhere: `FactorLeftOut` makes it, where nothing but the gradient is left."""
        return iter(())


class TermLeftOut(Slip):
    """A term of a sum or of a difference is missing."""

    name = "term left out"
    why = "Every term of the formula has to appear in your line: compare them one by one."

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """Both terms of a sum or a difference."""
        match place.part:
            case tree.Plus(left=a, right=b):
                yield cls.wrong(place, b, f"lacks the term {said(a)}")
                yield cls.wrong(place, a, f"lacks the term {said(b)}")
            case tree.Minus(left=a, right=b):
                yield cls.wrong(place, a, f"lacks the term {said(b)}, which is subtracted")
                yield cls.wrong(place, tree.Negative(b), f"lacks the term {said(a)}")
                yield cls.wrong(place, b, f"has {said(b)} in place of {said(place.part)}")


class FunctionLeftOut(Slip):
    """A function is forgotten: a root, an exponential, a softmax."""

    name = "function left out"
    why = "The formula applies a function there: write your line beside it, and compare."

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At functions and at named operations: without them, or with an additional logarithm."""
        match place.part:
            case tree.Function(name="sqrt", arguments=(a,)):
                yield cls.wrong(place, a, f"lacks the square root: {said(a)}, not {said(place.part)}")
            case tree.Function(arguments=(a,)) | tree.Applied(argument=a):
                yield cls.wrong(place, a, f"has {said(a)} in place of {said(place.part)}")
                wrong: Formula = tree.Function("log", (place.part,))
                words = f"has {said(wrong)} in place of {said(place.part)}"
                yield cls.wrong(place, wrong, words, 2)


class TransposeLeftOut(Slip):
    """A matrix that should be transposed is not, or vice versa."""

    name = Transposed.name
    why = Transposed.why
    seen = "matrices that are square and not symmetric"

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At transposes, and at letters."""
        match place.part:
            case tree.Transpose(of=Letter(kind="value") as a) if "," in str(letters.kinds.get(a.name)):
                yield cls.wrong(place, a, f"goes through {said(a)}, not through its transpose")
            case Letter(kind="value") as a if "," in str(letters.kinds.get(a.name)):
                yield cls.wrong(place, a.T, f"goes through the transpose of {said(a)}", 2)


def _is_gradient(part: Formula) -> bool:
    return isinstance(part, Letter) and part.kind == "total"
