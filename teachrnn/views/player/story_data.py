"""The story as data for the player: one container of bytes, numbers to the last bit.

The container is a number (the length of what follows, 4 bytes, little-endian), a text in JSON that is
padded with spaces to a multiple of 8 bytes, and float64 numbers (little-endian) that the text points
into: the first byte of each, then the second of each, and so on, as bytes that are alike compress
better side by side.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.formulas.name import GREEK, Name
from teachrnn.op import Op
from teachrnn.reference.complex_step_anywhere import complex_step_everywhere
from teachrnn.trace import Trace
from teachrnn.triangle import Triangle
from teachrnn.views.player.program_data import ProgramTable
from teachrnn.views.player.tables import Tables
from teachrnn.views.story import (
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
