"""A wrong way to write a formula down."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, ClassVar

from teachrnn.formulas.text import text
from teachrnn.formulas.tree import Formula
from teachrnn.part import Part
from teachrnn.registry import Registry

if TYPE_CHECKING:
    from teachrnn.op import Op

SLIPS: Registry[type[Slip]] = Registry("slip in a formula")


@dataclass(frozen=True)
class FormulaPlace:
    """A place in a formula: the part that stands there, and a way to put another one there.

    Attributes
    ----------
    part : Formula
        What stands there.
    put : callable
        Takes what is to stand there instead, and returns the whole formula.
    top : bool
        Whether the part is the whole formula.
    """

    part: Formula
    put: Callable[[Formula], Formula]
    top: bool = False


@dataclass(frozen=True)
class LettersAtHand:
    """The letters that may be mixed up with those of a formula.

    Attributes
    ----------
    kinds : mapping
        The letters at hand, each with what two letters must have in common to be mixed up: their
        axes. A gradient has a d in front.
    op : type of Op or None
        The operation, if the formula is that of a gradient of one.
    input : str
        The input of the operation whose gradient it is.
    """

    kinds: Mapping[str, object] = field(default_factory=dict)
    op: type[Op] | None = None
    input: str = ""


@dataclass(frozen=True)
class WrongFormula:
    """A formula with a slip in it.

    Attributes
    ----------
    formula : Formula
        The right side of the line, with the slip in it.
    words : str
        What is wrong, as it follows the name of the line's left side: "lacks the factor y".
    slip : type of Slip
        The kind of slip.
    weight : int
        How far-fetched it is.
    """

    formula: Formula
    words: str
    slip: type[Slip]
    weight: int = 1


class Slip(Part, registry=SLIPS, required=("why", "seen")):
    """Base of all slips: a change of one part of a formula.

    Attributes
    ----------
    name : str
        What the mistake is called.
    why : str
        Why it is wrong, in a sentence or two, for whoever made it.
    seen : str
        What a check must have to see it.
    """

    why: ClassVar[str]
    seen: ClassVar[str] = "any numbers"

    @classmethod
    @abstractmethod
    def at(cls, place: FormulaPlace, letters: LettersAtHand) -> Iterator[WrongFormula]:
        """The wrong formulas that the slip makes at a place.

        Parameters
        ----------
        place : FormulaPlace
            The place; nothing is yielded where the slip cannot be made.
        letters : LettersAtHand
            The letters that may be mixed up.

        Yields
        ------
        WrongFormula
            A whole formula, wrong in this place.
        """

    @classmethod
    def wrong(cls, place: FormulaPlace, new: Formula, words: str, weight: int = 1) -> WrongFormula:
        """The formula with something else at a place, as a slip of this kind.

        Parameters
        ----------
        place : FormulaPlace
            Where.
        new : Formula
            What stands there instead.
        words : str
            What is wrong, as it follows the name of the line's left side.
        weight : int
            How far-fetched it is.

        Returns
        -------
        WrongFormula
            The whole formula.
        """
        return WrongFormula(place.put(new), words, cls, weight)


def places_in(
    formula: Formula, put: Callable[[Formula], Formula] = lambda new: new, *, top: bool = True
) -> Iterator[FormulaPlace]:
    """Every place in a formula, the whole formula first.

    Parameters
    ----------
    formula : Formula
        The formula.
    put : callable
        Takes what is to stand in place of ``formula``, and returns the formula that contains it.
    top : bool
        Whether ``formula`` is not a part of another one.

    Yields
    ------
    FormulaPlace
        A part, and a way to put another one in its place.

    Examples
    --------
    >>> from teachrnn.formulas.tree import Letter
    >>> x, y = Letter("x"), Letter("y")
    >>> [text(place.put(Letter("z"))) for place in places_in(x + y)]
    ['z', 'z + y', 'x + z']
    """
    yield FormulaPlace(formula, put, top)
    for i, part in enumerate(formula.parts()):

        def inside(new: Formula, i: int = i) -> Formula:
            number = count()
            return put(formula.rebuilt(lambda old: new if next(number) == i else old))

        yield from places_in(part, inside, top=False)


def wrong_formulas(formula: Formula, letters: LettersAtHand) -> list[WrongFormula]:
    """All wrong ways to write a formula that differ from it by one slip, each of them once.

    Parameters
    ----------
    formula : Formula
        The right formula.
    letters : LettersAtHand
        The letters that may be mixed up.

    Returns
    -------
    list of WrongFormula
        The least far-fetched first.

    Examples
    --------
    >>> from teachrnn.formulas.tree import Elementwise, Letter
    >>> dy, y = Letter("y", "total"), Letter("y")
    >>> wrong = wrong_formulas(Elementwise(dy, 1 - y**2), LettersAtHand({"y": "n", "dy": "n", "x": "n"}))
    >>> [text(w.formula) for w in wrong if w.slip.name == "wrong power"]
    ['dy ⊙ (1 − y)^2', 'dy ⊙ (1 − y)', 'dy ⊙ (1 − (y^2)^2)']
    """
    found: dict[Formula, WrongFormula] = {}
    for place in places_in(formula):
        for slip in SLIPS.values():
            for wrong in slip.at(place, letters):
                known = found.get(wrong.formula)
                if wrong.formula != formula and (known is None or wrong.weight < known.weight):
                    found[wrong.formula] = wrong
    return sorted(found.values(), key=lambda wrong: wrong.weight)


def said(part: Formula) -> str:
    """How a part of a formula is written in a sentence.

    Parameters
    ----------
    part : Formula
        The part.

    Returns
    -------
    str
        A line of text.

    Examples
    --------
    >>> from teachrnn.formulas.tree import Letter
    >>> said(1 - Letter("y") ** 2)
    '1 − y^2'
    """
    return text(part)
