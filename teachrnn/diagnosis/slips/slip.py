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
    """A part of a formula, and the formula with another one there.

    Attributes
    ----------
    part : Formula
        What stands there.
    put : callable
        From what is put there to the whole formula.
    top : bool
        Whether it is the whole.
    """

    part: Formula
    put: Callable[[Formula], Formula]
    top: bool = False


@dataclass(frozen=True)
class LettersAtHand:
    """What a formula may be mixed up with.

    Attributes
    ----------
    kinds : mapping
        The letters at hand, each with what must be alike in two that are mixed up: its axes.
        A gradient has a d in front.
    op : type of Op or None
        The operation whose gradient it is, if it is one's.
    input : str
        Of that operation, the input.
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
        It.
    words : str
        What is wrong, after the name of its left side: "lacks the factor y".
    slip : type of Slip
        Which slip.
    weight : int
        How far-fetched it is.
    """

    formula: Formula
    words: str
    slip: type[Slip]
    weight: int = 1


class Slip(Part, registry=SLIPS, required=("why", "seen")):
    """Base of all: a change of one part of a formula.

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
        """The ways in which it can happen at a part of a formula.

        Parameters
        ----------
        place : FormulaPlace
            The part.
        letters : LettersAtHand
            What it may be mixed up with.

        Yields
        ------
        WrongFormula
            One way.
        """

    @classmethod
    def wrong(cls, place: FormulaPlace, new: Formula, words: str, weight: int = 1) -> WrongFormula:
        """The formula with something else at a place.

        Parameters
        ----------
        place : FormulaPlace
            Where.
        new : Formula
            What is put there.
        words : str
            What is wrong, after the name of its left side.
        weight : int
            How far-fetched it is.

        Returns
        -------
        WrongFormula
            The whole.
        """
        return WrongFormula(place.put(new), words, cls, weight)


def places_in(
    formula: Formula, put: Callable[[Formula], Formula] = lambda new: new, *, top: bool = True
) -> Iterator[FormulaPlace]:
    """Every part of a formula, the whole first.

    Parameters
    ----------
    formula : Formula
        The whole.
    put : callable
        What makes, of another formula in its place, that of which it is a part.
    top : bool
        Whether it is the whole.

    Yields
    ------
    FormulaPlace
        A part, and what the whole is with another one there.

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
    """All wrong ways to write a formula that one slip makes of it, each formula once.

    Parameters
    ----------
    formula : Formula
        As it should be.
    letters : LettersAtHand
        What it may be mixed up with.

    Returns
    -------
    list of WrongFormula
        The least far-fetched first.

    Examples
    --------
    >>> from teachrnn.formulas.tree import Elementwise, Letter
    >>> dy, y = Letter("y", "total"), Letter("y")
    >>> wrong = wrong_formulas(Elementwise(dy, 1 - y**2), LettersAtHand({"y": "n", "dy": "n", "x": "n"}))
    >>> [text(w.formula) for w in wrong if w.slip.name == "power left out"]
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
    """A part of a formula, in a sentence."""
    return text(part)
