"""One letter stands in place of another, or the formula of another operation was taken."""

from __future__ import annotations

from collections.abc import Iterator

from teachrnn.diagnosis.changes import AnotherValue, Complement, OtherDerivative, SquashedAgain
from teachrnn.diagnosis.replaced import replaced
from teachrnn.diagnosis.site import is_squashing
from teachrnn.diagnosis.slips.slip import FormulaPlace, LettersAtHand, Slip, WrongFormula, said
from teachrnn.formulas import tree
from teachrnn.formulas.equation import gradient_formula
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.tree import Formula, Letter
from teachrnn.op import OPS, Op


class AnotherLetter(Slip):
    """A value or a gradient stands where another one of the same shape belongs."""

    name = AnotherValue.name
    why = "Both have the same shape, so no error is raised: compare the letters one by one."

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At letters; also at a derivative, which a value replaces."""
        match place.part:
            case Letter() as a:
                kind = letters.kinds.get(_key(a))
                for other in _alike(kind, letters):
                    if other != a:
                        words = f"has {said(other)} in place of {said(a)}"
                        yield cls.wrong(place, other, words, 1 + (other.kind != a.kind))
            case tree.Elementwise() if place.top and letters.op is not None:
                yield from cls._everywhere(place, letters)
        match place.part:
            case tree.Elementwise(left=Letter(kind="total") as a) if place.top:
                for other in _alike(letters.kinds.get(_key(a)), letters):
                    if other.kind == "value":
                        words = f"has {said(other)} in place of the derivative"
                        yield cls.wrong(place, tree.Elementwise(a, other), words, 2)
            case tree.Quotient(left=Letter(kind="total") as a):
                for other in _alike(letters.kinds.get(_key(a)), letters):
                    if other.kind == "value":
                        words = f"has {said(other)} in place of {said(place.part)}"
                        yield cls.wrong(place, other, words, 3)

    @classmethod
    def _everywhere(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """One value in place of another throughout: x (1 - x) for y (1 - y)."""
        values = {a for a in tree.walk(place.part) if isinstance(a, Letter) and a.kind == "value"}
        for a in sorted(values, key=lambda a: a.name):
            for other in _alike(letters.kinds.get(a.name), letters):
                if other != a:
                    words = f"has {said(other)} in place of {said(a)}"
                    yield cls.wrong(
                        place, replaced(place.part, a, other), words, 1 + (other.kind != a.kind)
                    )


class ResultSquashedAgain(Slip):
    """The derivative is taken at the result, squashed a second time."""

    name = SquashedAgain.name
    why = "The derivative is written with the result, which is squashed already."
    seen = SquashedAgain.seen

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At the result of an operation that works entry by entry."""
        op = letters.op
        if not place.top or op is None or not is_squashing(op):  # type: ignore[arg-type]
            return
        result = Letter(op.output)
        if result in tree.walk(place.part):
            wrong = replaced(place.part, result, tree.Applied(op.__name__.lower(), result))
            words = "has the derivative taken at the result squashed a second time"
            yield cls.wrong(place, wrong, words)


class DerivativeOfAnother(Slip):
    """The derivative is that of another function."""

    name = OtherDerivative.name
    why = OtherDerivative.why
    seen = OtherDerivative.seen

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At an operation that works entry by entry: the derivative of every other one."""
        op = letters.op
        if not place.top or op is None or not is_squashing(op):  # type: ignore[arg-type]
            return
        for other in OPS.values():
            if other is not op and is_squashing(other):  # type: ignore[arg-type]
                formula = _gradient(other)
                if formula is not None:
                    names = {other.inputs[0]: op.inputs[0], other.output: op.output}
                    words = f"has the derivative of {other.__name__.lower()}"
                    yield cls.wrong(place, formula.renamed(names), words)


class PartAgain(Slip):
    """The derivative of an operation that is in the formula already is applied a second time."""

    name = "derivative of a part applied again"
    why = (
        "The fused operation has one derivative, which contains that of its first part already: nothing"
        " is left to multiply by."
    )

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At an operation that replaces others: times the derivative of the first of them."""
        op = letters.op
        if not place.top or op is None or not op.fuses:
            return
        p = tree.Applied(op.fuses[0].__name__.lower(), Letter(letters.input))
        again = tree.Elementwise(tree.Elementwise(place.part, p), 1 - p)
        yield cls.wrong(place, again, f"is multiplied by the derivative of {said(p)} a second time")


class ComplementTaken(Slip):
    """The complement 1 - z stands in place of z, or z in place of 1 - z."""

    name = Complement.name
    why = "Look at the forward pass: which of the two is multiplied by 1 - z?"

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At the letters z of an operation whose definition contains 1 - z."""
        op = letters.op
        if op is None or not isinstance(place.part, Letter) or place.part.kind != "value":
            return
        z = place.part
        if z.name in op.inputs and 1 - Letter(z.name) in tree.walk(op.definition):
            yield cls.wrong(place, 1 - z, f"has 1 − {said(z)} in place of {said(z)}")


def _key(letter: Letter) -> str:
    return f"d{letter.name}" if letter.kind == "total" else letter.name


def _alike(kind: object, letters: LettersAtHand) -> Iterator[Letter]:
    for name, other in letters.kinds.items():
        if kind is not None and other == kind:
            total = name[:1] == "d" and name[1:] in letters.kinds
            yield Letter(name[1:], "total") if total else Letter(name)


def _gradient(op: type[Op]) -> Formula | None:
    try:
        return gradient_formula(op, op.inputs[0])
    except UnreadableFormulaError:
        return None
