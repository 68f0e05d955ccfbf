"""Evaluates the formula of one entry: its terms, each with the numbers in it.

The player does the same in the browser (``views/player/why/entry.js``); a test compares the two.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.formulas.entries.rule import Rule
from teachrnn.formulas.entries.term import Link, WhyTerm, joined
from teachrnn.formulas.entries.tree import Tree
from teachrnn.formulas.formula_error import MisfitFormulaError
from teachrnn.formulas.functions import FUNCTIONS as ELEMENTARY

Pieces = list[str | Link]
Letters = Mapping[str, tuple[str, Array]]
"""What each letter of a rule stands for: the name of a recorded quantity and its numbers."""

SUM, PRODUCT, POWER, ATOM = range(4)
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    function.name: getattr(np, function.name)
    for function in ELEMENTARY.values()
    if function.arguments == 1
}
PAIRS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "max": np.maximum,
    "min": np.minimum,
    "<": operator.lt,
    ">": operator.gt,
    "onehot": operator.eq,
}
MAX_SUMMANDS = 6
"""A sum inside a term (the denominator of a softmax) is written out up to this length, then dots."""
SUPERSCRIPTS = {2: "²", 3: "³"}


def entry_terms(
    rule: Rule, letters: Letters, shape: tuple[int, ...], index: tuple[int, ...]
) -> list[WhyTerm]:
    """The terms of one entry: one for each summand at the top of the formula.

    A term that is 0 whatever the numbers are (an entry of a one-hot vector other than its 1, an entry
    outside a slice) is left out, so an entry may have no term at all.

    Parameters
    ----------
    rule : Rule
        The formula.
    letters : mapping
        Name and numbers of every letter.
    shape : tuple of int
        Shape of the array asked about.
    index : tuple of int
        The entry.
    """
    with np.errstate(all="ignore"):  # inf and nan are shown as they are
        return list(_entry(rule, letters, shape, index).terms(rule.tree))


def entry_value(rule: Rule, letters: Letters, shape: tuple[int, ...], index: tuple[int, ...]) -> float:
    """The value of the formula for one entry."""
    with np.errstate(all="ignore"):
        return float(_entry(rule, letters, shape, index).value(rule.tree))


def _entry(rule: Rule, letters: Letters, shape: tuple[int, ...], index: tuple[int, ...]) -> Entry:
    over = letters[rule.over][1].shape
    leading = over[: len(over) - rule.over_axes]
    own = len(shape) - rule.axes
    indices = dict(zip(("i", "j"), index[own:], strict=False))
    return Entry(letters, leading, index[:own] if own or not leading else None, indices)


@dataclass(frozen=True)
class Entry:
    """A formula's letters and indices, filled in.

    Attributes
    ----------
    letters : mapping
        Name and numbers of every letter.
    leading : tuple of int
        The leading axes of the operation's output.
    position : tuple of int or None
        The place on them; None until a sum over positions says one.
    indices : mapping
        Numbers of the indices.
    """

    letters: Letters
    leading: tuple[int, ...]
    position: tuple[int, ...] | None
    indices: Mapping[str, int]

    def terms(self, tree: Tree, *, negative: bool = False) -> Iterator[WhyTerm]:
        """The summands at the top of a formula."""
        match tree:
            case ("+", a, b):
                yield from self.terms(a, negative=negative)
                yield from self.terms(b, negative=negative)
            case ("-", a, b):
                yield from self.terms(a, negative=negative)
                yield from self.terms(b, negative=not negative)
            case ("-", a):
                yield from self.terms(a, negative=not negative)
            case ("sum" | "positions", *_):
                for entry, body in self.summands(tree):
                    yield from entry.terms(body, negative=negative)
            case ("if", condition, a, b):
                yield from self.terms(a if self.value(condition) else b, negative=negative)
            case _ if not self.vanishes(tree):
                value = float(self.value(tree))
                if negative:
                    yield WhyTerm(joined([["−"], self.parts(tree, PRODUCT)], ""), -value)
                else:
                    yield WhyTerm(self.parts(tree, SUM), value)

    def summands(self, tree: Tree) -> Iterator[tuple[Entry, Tree]]:
        """What a sum adds up, with the index filled in."""
        match tree:
            case ("sum", name, size, body):
                for k in range(int(self.value(size))):
                    yield replace(self, indices={**self.indices, name: k}), body
            case ("positions", body) if self.position is not None:
                yield self, body
            case ("positions", body):
                for position in np.ndindex(self.leading):
                    yield replace(self, position=position), body

    # Numbers ---------------------------------------------------------------------------------

    def value(self, tree: Tree) -> np.float64:
        """The number that a formula gives."""
        match tree:
            case int() | float():
                return np.float64(tree)
            case str():
                return np.float64(self.indices[tree])
            case ("at", letter, *indices):
                return np.float64(self.link(letter, *indices).value)
            case ("size", letter, axis):
                return np.float64(self.letters[letter][1].shape[axis])
            case ("sum" | "positions", *_):
                total = np.float64(0)
                for entry, body in self.summands(tree):
                    total += entry.value(body)
                return total
            case ("if", condition, a, b):
                return self.value(a if self.value(condition) else b)
            case ("/", ("exp", a), ("sum", index, size, ("exp", b))):
                # A softmax. Both sides are divided by e^a, so that it cannot become inf / inf.
                ratio = ("exp", ("-", b, float(self.value(a))))
                return 1 / self.value(("sum", index, size, ratio))
            case ("-", a):
                return -self.value(a)
            case (name, a):
                return np.float64(FUNCTIONS[name](self.value(a)))
            case (name, a, b):
                return np.float64(PAIRS[name](self.value(a), self.value(b)))
        raise AssertionError(f"not a node of a formula: {tree}")

    def link(self, letter: str, *indices: Tree) -> Link:
        """The entry of an array at this place of the formula."""
        name, array = self.letters[letter]
        core = tuple(int(self.value(index)) for index in indices)
        position: tuple[int, ...] = ()
        if array.ndim > len(core):
            if self.position is None:
                raise MisfitFormulaError(
                    rf"`{letter}` has leading axes (time, batch) and nothing says which position is "
                    r"meant: write \sum before what should be summed over them."
                )
            position = self.position
        return Link(name, position + core, float(array[position + core]))

    def vanishes(self, tree: Tree) -> bool:
        """Whether a formula is 0 here whatever the numbers are."""
        match tree:
            case int() | float():
                return tree == 0
            case ("onehot", _, _):
                return not self.value(tree)
            case ("*", a, b):
                return self.vanishes(a) or self.vanishes(b)
            case ("-", a) | ("/", a, _):
                return self.vanishes(a)
            case ("+" | "-", a, b):
                return self.vanishes(a) and self.vanishes(b)
            case ("if", condition, a, b):
                return self.vanishes(a if self.value(condition) else b)
            case ("sum" | "positions", *_):
                return all(entry.vanishes(body) for entry, body in self.summands(tree))
        return False

    # Text ------------------------------------------------------------------------------------

    def parts(self, tree: Tree, rank: int) -> Pieces:
        """A formula in text and links, in brackets if it binds less tightly than ``rank``."""
        parts, own = self.written(tree)
        return parts if own >= rank else joined([["("], parts, [")"]], "")

    def written(self, tree: Tree) -> tuple[Pieces, int]:
        """A formula in text and links, and how tightly it binds."""
        match tree:
            case int() | float():
                return [repr(tree)], ATOM
            case str() | ("size", _, _) | ("onehot", _, _):
                return [str(int(self.value(tree)))], ATOM
            case ("at", letter, *indices):
                return [self.link(letter, *indices)], ATOM
            case ("if", condition, a, b):
                return self.written(a if self.value(condition) else b)
            case ("sum" | "positions", *_):
                return self.written_sum(tree)
            case ("-", a):
                return joined([["−"], self.parts(a, PRODUCT)], ""), SUM
            case ("+" | "-", a, b) if self.vanishes(b):
                return self.written(a)
            case ("+", a, b) if self.vanishes(a):
                return self.written(b)
            case ("-", a, b) if self.vanishes(a):
                return self.written(("-", b))
            case ("+", a, b):
                return joined([self.parts(a, SUM), self.parts(b, SUM)], " + "), SUM
            case ("-", a, b):
                return joined([self.parts(a, SUM), self.parts(b, PRODUCT)], " − "), SUM
            case ("*", ("onehot", _, _), a) | ("*", a, ("onehot", _, _)):
                return self.written(a)
            case ("*", a, b):
                return joined([self.parts(a, PRODUCT), self.parts(b, PRODUCT)], " · "), PRODUCT
            case ("/", a, b):
                return joined([self.parts(a, PRODUCT), self.parts(b, POWER)], " / "), PRODUCT
            case ("^", a, (2 | 3) as exponent):
                return joined([self.base(a), [SUPERSCRIPTS[exponent]]], ""), POWER
            case ("^", a, b):
                return joined([self.base(a), self.parts(b, ATOM)], "^"), POWER
            case ("<" | ">" as sign, a, b):
                return self.enclosed(
                    "[", joined([self.parts(a, SUM), self.parts(b, SUM)], f" {sign} "), "]"
                )
            case (name, *arguments):
                inner = joined([self.parts(a, SUM) for a in arguments], ", ")
                return self.enclosed(f"{name}(", inner, ")")
        raise AssertionError(f"not a node of a formula: {tree}")

    def base(self, tree: Tree) -> Pieces:
        """The base of a power: a negative number is put in brackets too."""
        match self.parts(tree, ATOM):
            case [Link(value=value) as link] if value < 0:
                return ["(", link, ")"]
            case parts:
                return parts

    def written_sum(self, tree: Tree) -> tuple[Pieces, int]:
        """A sum inside a term; what a long one leaves out is marked by dots."""
        found = [(e, body) for e, body in self.summands(tree) if not e.vanishes(body)]
        if len(found) == 1:
            entry, body = found[0]
            return entry.written(body)
        long = len(found) > MAX_SUMMANDS
        shown = [*found[:3], found[-1]] if long else found
        pieces = [entry.parts(body, PRODUCT) for entry, body in shown] or [["0"]]
        if long:
            pieces.insert(3, ["…"])
        return joined(pieces, " + "), SUM

    @staticmethod
    def enclosed(opening: str, inner: Pieces, closing: str) -> tuple[Pieces, int]:
        """Parts between two signs."""
        return joined([[opening], inner, [closing]], ""), ATOM
