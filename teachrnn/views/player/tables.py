"""What a story's container holds by number: arrays, formulas, templates, rules, each of them once.

What can be recomputed is not sent: a part of a gradient that is, to the last bit, the outer product of
two vectors is sent as their names; a running sum as its two summands, with the rounding difference as a
third if it was formed in another order; a vector that the player can compute as the names of what from;
an array of mostly zeros as its other entries; equal arrays once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.formulas import Formula, Letter
from teachrnn.formulas.entries import rule_data
from teachrnn.formulas.mathml import mathml_template
from teachrnn.formulas.pieces import pieces_data
from teachrnn.formulas.tree import Dots, walk
from teachrnn.op import Op
from teachrnn.triangle import Triangle
from teachrnn.views.player.recomputed import recomputed
from teachrnn.views.story import (
    Given,
    Made,
    Outcome,
    Quantity,
    StoryStep,
)


class Tables:
    """Arrays, formulas and rules, each kept once and referred to by number."""

    def __init__(self) -> None:
        self.arrays: list[dict[str, Any]] = []
        self.math: list[list[Any]] = []
        self.rules: list[Any] = []
        self.numbers: list[Array] = []
        self._array_at: dict[tuple[str, int], int] = {}
        self._math_at: dict[Formula, int] = {}
        self._template_at: dict[str, int] = {}
        self._numbers_at: dict[bytes, int] = {}
        self._rule_at: dict[tuple[type[Op], str | None], int | None] = {}
        self._count = 0
        self._codes: dict[str, int] = {}
        self._kept: list[Quantity] = []  # ids stay unique while the arrays live

    def step(self, step: StoryStep) -> dict[str, Any]:
        """A step, with its arrays and formulas by number."""
        return {
            "phase": step.phase,
            "t": step.t,
            "node": step.node,
            "op": step.op,
            "title": step.title,
            "heading": step.heading,
            "sentence": step.sentence,
            "code": self._codes.setdefault(step.code, len(self._codes)),
            "edges": step.edges,
            "operands": [self._shown(q) for q in step.operands],
            "outcomes": [
                {
                    "formula": self.formula(outcome.formula, _marks(outcome)),
                    "target": outcome.target,
                    "quantities": [self._shown(q) for q in outcome.quantities],
                }
                for outcome in step.outcomes
            ],
        }

    def _shown(self, quantity: Quantity) -> list[Any]:
        """Number of the array, and a note if there is one."""
        at = self.array(quantity)
        if quantity.yours is not None and "yours" not in self.arrays[at]:
            self.arrays[at]["yours"] = self._yours(quantity.yours)
        return [at, quantity.note] if quantity.note else [at]

    def _yours(self, given: Given) -> dict[str, Any]:
        """The reader's numbers where they differ; if they all agree, only that they do."""
        differs = np.flatnonzero(given.differs).tolist()
        at = {"at": self._stored(_exact(given.data))} if differs else {}
        return {"differs": differs, **at, **({"note": given.note} if given.note else {})}

    def formula(self, formula: Formula, marks: Mapping[Letter, str] | None = None) -> int:
        """Number of a formula, in MathML; letters with a mark carry it."""
        if formula not in self._math_at:
            template, times = mathml_template(formula, marks)
            at = self._template_at.setdefault(template, len(self._template_at))
            self._math_at[formula] = len(self.math)
            self.math.append([at, *times])
        return self._math_at[formula]

    @property
    def codes(self) -> list[str]:
        """The lines of code that recorded the operations."""
        return list(self._codes)

    @property
    def templates(self) -> list[str]:
        """MathML with slots, which the entries of ``math`` fill."""
        return list(self._template_at)

    def array(self, quantity: Quantity) -> int:
        """Number of an array."""
        key = (quantity.name, id(quantity.data))
        if key in self._array_at:
            return self._array_at[key]
        self._kept.append(quantity)
        made = {} if quantity.made is None else self._made(quantity.made)
        entry = {
            "name": quantity.name,
            "math": self.formula(quantity.letter),
            "kind": quantity.kind,
            **({"of": quantity.letter.name} if quantity.kind == "gradient" else {}),
            **({"via": quantity.letter.user} if quantity.letter.user else {}),
            "shape": list(quantity.data.shape),
            **self._encoded(quantity),
            **made,
        }
        self._array_at[key] = len(self.arrays)
        self.arrays.append(entry)
        return self._array_at[key]

    def check(self, name: str, derivatives: Array, refused: str) -> None:
        """Store what another method gives for the last array of that name, the total."""
        for array in reversed(self.arrays):
            if array["name"] == name:
                array["check"] = self._stored(np.ascontiguousarray(derivatives, dtype="<f8"))
                if refused:
                    array["refused"] = refused
                return

    def triangle(self, found: Triangle) -> dict[str, Any]:
        """The triangle, with the norms among the numbers: rounded, as there are T² of them."""
        told = found.to_dict()
        below = np.tril_indices(found.T)
        for reach, as_data in zip(found.reaches.values(), told["reaches"], strict=True):
            norms = np.where(np.isfinite(reach.norms), reach.norms, np.nan)
            as_data["norms"] = self._stored(_rounded(norms[below]))
        return told

    def _made(self, made: Made) -> dict[str, Any]:
        if made.op is None:
            return {"parts": [self.array(part) for part in made.parts]}
        letters = {letter: self.array(q) for letter, q in made.letters.items()}
        return {
            "letters": letters,
            "rule": self.rule(type(made.op), made.input),
            "op": type(made.op).__name__,
        }

    def rule(self, op: type[Op], target: str | None) -> int | None:
        """Number of the rule by which a formula makes one entry; None where it cannot be read."""
        key = (op, target)
        if key not in self._rule_at:
            data = rule_data(op, target)
            self._rule_at[key] = None if data is None else len(self.rules)
            if data is not None:
                laid_out = pieces_data(op, target)
                self.rules.append(data if laid_out is None else {**data, "pieces": laid_out})
        return self._rule_at[key]

    def _encoded(self, quantity: Quantity) -> dict[str, Any]:
        """The numbers of an array, in the shortest lossless form."""
        data, made = quantity.data, quantity.made
        if data.dtype.kind in "iu":
            return {"whole": data.ravel().tolist()}
        exact = _exact(data)
        if made is not None and made.parts:
            rest = _rest(made.parts, exact)
            if rest is not None:
                summands = [*made.parts, *([self._rounding(quantity, rest)] if rest.any() else [])]
                return {"sum": [self.array(q) for q in summands]}
        if made is not None and exact.ndim == 2 and min(exact.shape) > 1:
            pair = _factors(made, exact)
            if pair is not None:
                return {"outer": [self.array(q) for q in pair]}
        found = None if made is None else recomputed(exact, made.letters)
        if found is not None:
            by = [found.way, *(self.array(q) for q in found.sources)]
            left = {} if found.rest is None else {"rest": self._stored(_exact(found.rest))}
            return {"by": by, **left}
        spots = np.flatnonzero(exact.ravel())
        if exact.size > 8 and 2 * spots.size < exact.size:
            return {"spots": spots.tolist(), "at": self._stored(exact.ravel()[spots])}
        return {"at": self._stored(exact)}

    def _rounding(self, total: Quantity, rest: Array) -> Quantity:
        """Total minus sum of the summands, as a further summand: a few bits a number."""
        return Quantity(f"{total.name}, rounding", total.letter, total.kind, rest)

    def _stored(self, numbers: Array) -> int:
        """Where the numbers begin, counted in numbers."""
        content = numbers.tobytes()
        if content not in self._numbers_at:
            self._numbers_at[content] = self._count
            self.numbers.append(numbers)
            self._count += numbers.size
        return self._numbers_at[content]


def _marks(outcome: Outcome) -> dict[Letter, str]:
    """What the letters of an outcome's equation are.

    The result is marked `=`, the letters of an operation by its own names for them, the summands of a
    sum by their place, which after dots is counted from the end.
    """
    result = outcome.quantities[-1] if len(outcome.quantities) == 2 else outcome.quantities[0]
    made = result.made
    marks: dict[Letter, str] = {}
    if made is not None and made.op is not None:
        marks = {quantity.letter: own for own, quantity in made.letters.items()}
    elif made is not None:
        terms = [n for n in walk(outcome.formula.right) if isinstance(n, Letter | Dots)]
        dots = next((at for at, node in enumerate(terms) if isinstance(node, Dots)), len(terms))
        for at, node in enumerate(terms):
            if isinstance(node, Letter):
                marks[node] = str(at if at < dots else at - len(terms))
    return {**marks, result.letter: "="}


def _rest(parts: Sequence[Quantity], total: Array) -> Array | None:
    """Total minus sum of the parts, in their order; None if adding it does not give the total."""
    if any(q.data.shape != total.shape for q in parts):
        return None
    first, *others = [_exact(q.data) for q in parts]
    with np.errstate(all="ignore"):
        added = sum(others, start=first)
        if _same(added, total):
            return np.zeros_like(total)
        rest = total - added
        return rest if _same(added + rest, total) else None


def _factors(made: Made, product: Array) -> tuple[Quantity, Quantity] | None:
    """Two of the letters, if the array is their outer product to the last bit."""
    vectors = [q for q in made.letters.values() if q.data.ndim == 1 and q.data.dtype.kind == "f"]
    rows = [q for q in vectors if q.data.size == product.shape[0] and q.kind == "gradient"]
    columns = [q for q in vectors if q.data.size == product.shape[1] and q.kind == "value"]
    for row in rows:
        for column in columns:
            with np.errstate(all="ignore"):
                if _same(np.multiply.outer(_exact(row.data), _exact(column.data)), product):
                    return row, column
    return None


def _rounded(numbers: Array) -> Array:
    """With 24 bits, as in single precision, but of any size: they take half the room."""
    mantissas, exponents = np.frexp(numbers)
    return np.ascontiguousarray(np.ldexp(np.rint(np.ldexp(mantissas, 24)), exponents - 24), dtype="<f8")


def _exact(data: Array) -> Array:
    """As float64; a negative zero becomes 0, which is how it is shown."""
    return np.ascontiguousarray(data, dtype="<f8") + 0.0


def _same(a: Array, b: Array) -> bool:
    """Whether two arrays are the same to the last bit, except for the sign of a zero."""
    return (np.ascontiguousarray(a) + 0.0).tobytes() == b.tobytes()
