"""A sum is left out, runs over something else, is a mean, or is overwritten by its last term."""

from __future__ import annotations

from collections.abc import Iterator

from teachrnn.diagnosis.formula_value import EACH_FIRST, EACH_LAST, FIRST, LAST, OF_ALL
from teachrnn.diagnosis.slips.slip import FormulaPlace, LettersAtHand, Slip, WrongFormula, said
from teachrnn.formulas import tree
from teachrnn.formulas.tree import Formula, Index, Letter

BATCH = Letter("N")
"""The number of rows in a batch."""


class SumLeftOut(Slip):
    """A sum over the entries of a vector is left out."""

    name = "sum left out"
    why = (
        "Here every output depends on every input, so every output sends a gradient back: without the"
        " sum only the diagonal of the Jacobian is left."
    )

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At sums over an index."""
        match place.part:
            case tree.Sum(index=str(), body=body):
                yield cls.wrong(place, _all_entries(body), f"lacks the sum in {said(place.part)}")


class SumOverSomethingElse(Slip):
    """A sum runs over the batch instead of over the entries, or over both."""

    name = "sum over the wrong axis"
    why = "Each row of a batch is an example of its own: look at `axis=` and `keepdims=` of the sum."
    seen = "a batch of at least 2"

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At sums over an index; at those over the batch, which take the entries too."""
        match place.part:
            case tree.Sum(index=str(), body=body):
                over_batch = tree.Sum(None, _all_entries(body))
                yield cls.wrong(place, over_batch, f"has {said(place.part)} summed over the batch")
                over_all = tree.Sum(None, place.part)
                words = f"has {said(place.part)} summed over the whole batch too"
                yield cls.wrong(place, over_all, words)
            case tree.Sum(index=None, body=Letter(kind="total") as body):
                wrong = tree.Sum(None, tree.Sum("k", tree.At(body, (Index("k"),))))
                yield cls.wrong(place, wrong, "is summed over all entries, not over the batch alone")


class MeanForSum(Slip):
    """The terms of a batch are averaged where they should be added up."""

    name = "mean in place of a sum"
    why = (
        "What all rows of a batch share receives a term from each of them, and its gradient is their"
        " sum. If the loss is a mean, the gradient that arrives has been divided already."
    )
    seen = "a batch of at least 2"

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At sums over the batch; elsewhere, one division too many or too few."""
        match place.part:
            case tree.Sum(index=None):
                yield cls.wrong(place, place.part / BATCH, "is divided by the batch size N")
                yield cls.wrong(place, place.part * BATCH, "is multiplied by the batch size N", 2)
            case part if place.top and letters.op is not None:
                yield cls.wrong(place, part / BATCH, "is divided by the batch size N", 2)
                of_numbers = not letters.op.shape_rule.output  # a loss, whose mean is divided by N
                words = "is not divided by the batch size N"
                yield cls.wrong(place, part * BATCH, words, 1 if of_numbers else 2)


class Overwritten(Slip):
    """= instead of +=: of a sum over the batch only one term is left."""

    name = "overwritten instead of added up"
    why = (
        "Every row of the batch adds to the gradient of what the rows share: use += in a loop. With an"
        " array of indices, `dU[x] += dy` adds only once for each index, however often it occurs;"
        " `np.add.at` adds every time."
    )
    seen = "a batch of at least 2, with a symbol that occurs more than once"

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At sums over the batch."""
        match place.part:
            case tree.Sum(index=None, body=body):
                yield cls.wrong(place, tree.Call(LAST, (body,)), "is the term of the last row only")
                yield cls.wrong(place, tree.Call(FIRST, (body,)), "is the term of the first row only")
                if any(isinstance(part, tree.OneHot) for part in tree.walk(body)):
                    for name, words in ((EACH_LAST, "last"), (EACH_FIRST, "first")):
                        words = f"holds only the {words} term of an index that occurs several times"
                        yield cls.wrong(place, tree.Call(name, (body,)), words)


class TargetEverywhere(Slip):
    """What belongs in the target's entry goes into other entries, too."""

    name = "wrong entries"
    why = "Each row has one entry of its target: `d[np.arange(N), y]`, not `d[:, y]` and not `d`."

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At one-hot vectors."""
        match place.part:
            case tree.OneHot() if not place.top:
                every = tree.Filled(1)
                yield cls.wrong(place, every, "has 1 in every entry, not in the target's alone")
                wrong = tree.Call(OF_ALL, (place.part,))
                words = "has 1 in the entries of all rows' targets, in every row"
                yield cls.wrong(place, wrong, words)


class ConditionInverted(Slip):
    """The gradient is zero where it should pass, and passes where it should be zero."""

    name = "condition inverted"
    why = "Where the forward pass lets a number through, the gradient passes, too."

    @classmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """At conditions."""
        match place.part:
            case tree.Comparison(sign=sign, left=a, right=b):
                wrong = tree.Comparison("<" if sign == ">" else ">", a, b)
                yield cls.wrong(place, wrong, f"has {said(wrong)} in place of {said(place.part)}")


def _all_entries(body: Formula) -> Formula:
    """What a sum adds up, as vectors that are multiplied entry by entry."""
    if isinstance(body, tree.At) and body.places and isinstance(body.places[0], Index):
        return body.base
    if isinstance(body, tree.Product):
        return tree.Elementwise(_all_entries(body.left), _all_entries(body.right))
    return body.rebuilt(_all_entries)
