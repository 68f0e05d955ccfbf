"""The story as data for the player: one container of bytes, numbers to the last bit.

The container is a number (the length of what follows, 4 bytes, little-endian), a text in JSON that is
padded with spaces to a multiple of 8 bytes, and float64 numbers (little-endian) that the text points
into: the first byte of each, then the second of each, and so on, as bytes that are alike compress
better side by side. What can be recomputed is not sent: a part of a gradient that is, to the last bit,
the outer product of two vectors is sent as their names; a running sum as its two summands, with the
rounding difference as a third if it was formed in another order; a vector that the player can compute
as the names of what from; an array of mostly zeros as its other entries; equal arrays once.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.formulas import Formula, Letter
from teachrnn.formulas.entries import rule_data
from teachrnn.formulas.mathml import mathml_template
from teachrnn.formulas.name import GREEK, Name
from teachrnn.formulas.pieces import pieces_data
from teachrnn.formulas.tree import Dots, walk
from teachrnn.op import Op
from teachrnn.reference.complex_step_anywhere import complex_step_everywhere
from teachrnn.trace import Trace
from teachrnn.triangle import Triangle
from teachrnn.views.player.program_data import ProgramTable
from teachrnn.views.player.recomputed import recomputed
from teachrnn.views.story import (
    Given,
    Made,
    Outcome,
    Quantity,
    StoryStep,
    Yours,
    differences,
    narration,
    tell,
    value_of,
    verdict,
)
from teachrnn.views.story.layout import grid
from teachrnn.views.story.outline import Outline
from teachrnn.views.story.time_stop import time_stops
from teachrnn.views.style.visible_symbol import visible_symbol

FEW = 3_000
"""Up to this many numbers are all checked by complex step; of more, some of each array are."""
SOME = 40
"""How many entries of a parameter are checked if there are many, and time allows."""
MAX_APPLICATIONS = 150_000
"""About how many operations may be applied again to check a large trace: a second or two."""


def story_bytes(
    trace: Trace,
    *,
    symbols: Sequence[str] | None = None,
    about: Sequence[str] = (),
    check: bool = True,
    steps: Sequence[StoryStep] | None = None,
    yours: Yours | None = None,
) -> bytes:
    """What the player needs to show a trace.

    Parameters
    ----------
    trace : Trace
        The record to step through.
    symbols : sequence of str, optional
        What the token numbers stand for.
    about : sequence of str
        Sentences about the model, shown above the graph.
    check : bool
        Whether to include the derivatives by complex step, for readers without a kernel that could
        compute them.
    steps : sequence of StoryStep, optional
        The story with these symbols and numbers, if it has already been made.
    yours : Yours, optional
        The reader's own numbers. Those that agree with the right ones are not sent.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> data = story_bytes(model.record([0, 1], [1, 2]))
    >>> (length,) = struct.unpack("<I", data[:4])
    >>> print(*sorted(json.loads(data[4 : 4 + length])))
    about arrays codes edges math nodes program rules scale steps stops templates triangle ways
    """
    tables = Tables()
    story = tell(trace, symbols, yours) if steps is None else steps
    with np.errstate(all="ignore"):  # a record with overflow is shown as it is
        program = ProgramTable(story)
        as_data = [
            {**tables.step(step), "lines": lines}
            for step, lines in zip(story, program.lines, strict=True)
        ]
        if check and trace.losses:
            _check(trace, tables)
        found = Triangle.of(trace) if trace.losses else None
    outline = Outline.of(trace)
    nodes = _nodes(trace, symbols, tables, outline)
    text = {
        **({} if symbols is None else {"symbols": [visible_symbol(symbol) for symbol in symbols]}),
        "about": [*about, *([] if yours is None else [verdict(story)])],
        "nodes": nodes,
        "edges": _edges(trace, nodes),
        "ways": [(way.source, way.target, way.through) for way in outline.edges],
        "steps": as_data,
        "stops": [vars(stop) for stop in time_stops(trace, story, symbols)],
        "program": program.program,
        "codes": tables.codes,
        "arrays": tables.arrays,
        "rules": tables.rules,
        "math": tables.math,
        "templates": tables.templates,
        "triangle": None if found is None else tables.triangle(found),
        "scale": _scale(story),
        **({} if yours is None else _given(yours, story, tables)),
    }
    return packed(text, [_planes(tables.numbers)])


def _given(yours: Yours, story: Sequence[StoryStep], tables: Tables) -> dict[str, Any]:
    """What is said of the reader's own numbers as a whole."""
    triangle = {} if yours.triangle is None else {"givenTriangle": tables.triangle(yours.triangle)}
    return {"differences": differences(story), "given": yours.title, **triangle}


def _scale(story: Sequence[StoryStep]) -> tuple[float, float]:
    """The smallest and the largest norm of what comes back along an edge; zeros if there is none."""
    parts = [o.quantities[0].data for step in story if step.phase == "backward" for o in step.outcomes]
    with np.errstate(all="ignore"):
        norms = [float(np.linalg.norm(part)) for part in parts]
    shown = [norm for norm in norms if norm > 0 and np.isfinite(norm)]
    return (min(shown), max(shown)) if shown else (0.0, 0.0)


def _planes(numbers: Sequence[Array]) -> Array:
    """The bytes of float64 numbers: the first of each, then the second of each, and so on."""
    flat = np.concatenate([np.empty(0, "<f8"), *(n.ravel() for n in numbers)])
    return np.ascontiguousarray(flat.view("u1").reshape(-1, 8).T)


def packed(text: dict[str, Any], numbers: Sequence[Array]) -> bytes:
    """The container of a JSON-able text and what it points into."""
    head = json.dumps(text, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    head += b" " * (-(4 + len(head)) % 8)
    return struct.pack("<I", len(head)) + head + b"".join(n.tobytes() for n in numbers)


def formulas(story: bytes) -> list[str]:
    """The formulas in a container, in MathML with slots for the indices, from which a font is made."""
    (length,) = struct.unpack("<I", story[:4])
    templates: list[str] = json.loads(story[4 : 4 + length])["templates"]
    return templates


def _nodes(
    trace: Trace, symbols: Sequence[str] | None, tables: Tables, outline: Outline
) -> list[dict[str, Any]]:
    place = grid(trace)
    nodes = []
    for value in (v for v in trace.values if v.index in place):
        at = place[value.index]
        given = not isinstance(value, Op) and value.data.dtype.kind == "f"
        nodes.append(
            {
                "id": value.index,
                **_name(value.name),
                "op": type(value).__name__ if isinstance(value, Op) else "",
                "uses": [_name(v.name) for v in value.operands if v.index not in place]
                if isinstance(value, Op)
                else [],
                "t": at.column,
                "row": at.row,
                "slot": at.slot,
                "slots": at.slots,
                "outline": outline.rows.get(value.index),
                "owner": outline.owner.get(value.index, value.index),
                "symbol": narration.symbol(value, symbols),
                "given": tables.array(value_of(value)) if given else None,
            }
        )
    return nodes


def _name(text: str) -> dict[str, Any]:
    """A name with its parts, so that the player need not parse it."""
    name = Name.of(text)
    return {
        "name": text,
        "timeless": str(replace(name, t=None)),
        "letter": GREEK.get(name.letter, name.letter),
        "layer": name.layer,
        "gate": GREEK.get(name.gate, name.gate),
        "time": name.t,
    }


def _check(trace: Trace, tables: Tables) -> None:
    """Put the derivatives by complex step beside the gradients that they check."""
    numbers = [v for v in trace.values if v.data.dtype.kind == "f"]
    if sum(v.data.size for v in numbers) <= FEW:
        found = complex_step_everywhere(trace)
    else:
        most = MAX_APPLICATIONS // (len(trace.ops) * max(len(trace.parameters), 1))
        quick = len(numbers) * len(trace.ops) <= MAX_APPLICATIONS
        found = complex_step_everywhere(
            trace, max_entries=min(SOME, max(1, most)), max_entries_at_step=None if quick else 0
        )
    for name, derivatives in found.items():
        tables.check(f"d{name}", derivatives, found.refused.get(name, ""))


def _edges(trace: Trace, nodes: list[dict[str, Any]]) -> list[tuple[int, int]]:
    drawn = {node["id"] for node in nodes}
    return [
        (operand.index, op.index)
        for op in trace.ops
        for operand in op.operands
        if operand.index in drawn and op.index in drawn
    ]


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
