"""The story as one self-contained HTML page: no kernel, no server, no network.

The page carries its own content-security policy, which allows the two blocks of code in it by their
hash and forbids every request: the browser itself guarantees that nothing is loaded or sent.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teachrnn.op import Op
from teachrnn.trace import Trace
from teachrnn.views.layout import grid
from teachrnn.views.mathml import font_subset, mathml
from teachrnn.views.story import Quantity, StoryStep, tell, value_of

PLAYER = files("teachrnn.views") / "player"


def story_data(
    trace: Trace, *, symbols: Sequence[str] | None = None, about: Sequence[str] = ()
) -> dict[str, Any]:
    """What the player needs, as plain data; numbers travel in binary, to the last bit.

    Parameters
    ----------
    trace : Trace
        The record to be told.
    symbols : sequence of str, optional
        What the token numbers stand for.
    about : sequence of str
        Sentences about the model, shown under the heading.
    """
    table = _Tables()
    steps = [table.step(step) for step in tell(trace, symbols)]
    place = grid(trace)
    nodes = []
    for value in trace.values:
        if value.index not in place:
            continue
        at = place[value.index]
        note = ""
        if symbols is not None and value.data.dtype.kind in "iu" and value.data.ndim == 0:
            note = symbols[int(value.data)]
        given = not isinstance(value, Op) and value.data.dtype.kind == "f"
        nodes.append(
            {
                "id": value.index,
                "name": value.name,
                "op": type(value).__name__ if isinstance(value, Op) else "",
                "uses": [v.name for v in value.operands if v.t is None] if isinstance(value, Op) else [],
                "t": value.t,
                "row": at.row,
                "slot": at.slot,
                "slots": at.slots,
                "symbol": note,
                "given": table.array(value_of(value)) if given else None,
            }
        )
    edges = [
        [operand.index, op.index]
        for op in trace.ops
        for operand in op.operands
        if operand.index in place and op.index in place
    ]
    return {
        "about": list(about),
        "nodes": nodes,
        "edges": edges,
        "arrays": table.arrays,
        "math": table.math,
        "steps": steps,
    }


def story_page(
    trace: Trace,
    *,
    symbols: Sequence[str] | None = None,
    title: str = "Backpropagation through time, step by step",
    about: Sequence[str] = (),
) -> str:
    """A complete HTML page that steps through the trace.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> page = story_page(model.record([0, 1], [1, 2]))
    >>> page.startswith("<!doctype html>")
    True
    """
    import jinja2

    data = story_data(trace, symbols=symbols, about=about)
    formulas = data["math"]
    script = (PLAYER / "player.js").read_text("utf-8") + (PLAYER / "start.js").read_text("utf-8")
    style = (PLAYER / "player.css").read_text("utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string((PLAYER / "page.html").read_text("utf-8"))
    return template.render(
        title=title,
        script=_Raw(script),
        style=_Raw(style),
        script_hash=_hash(script),
        style_hash=_hash(style),
        data=_packed(data),
        font=base64.b64encode(font_subset(formulas)).decode(),
    )


class _Raw(str):
    """Text that the template takes as it is."""

    def __html__(self) -> str:
        return self


def _hash(code: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(code.encode("utf-8")).digest()).decode()


def _packed(data: dict[str, Any]) -> str:
    """The story as base64 of gzip of JSON: small, and nothing in it can be taken for HTML."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8"), mtime=0)).decode()


class _Tables:
    """Arrays and formulas, each stored once and referred to by number."""

    def __init__(self) -> None:
        self.arrays: list[dict[str, Any]] = []
        self.math: list[str] = []
        self._array_at: dict[tuple[str, str, int], int] = {}
        self._math_at: dict[str, int] = {}
        self._kept: list[NDArray[Any]] = []  # ids stay unique while the arrays live

    def step(self, step: StoryStep) -> dict[str, Any]:
        return {
            "phase": step.phase,
            "t": step.t,
            "node": step.node,
            "op": step.op,
            "title": step.title,
            "sentence": step.sentence,
            "code": step.code,
            "edges": step.edges,
            "operands": [self._quantity(q) for q in step.operands],
            "outcomes": [
                {
                    "formula": self._formula(outcome.formula),
                    "target": outcome.target,
                    "quantities": [self._quantity(q) for q in outcome.quantities],
                }
                for outcome in step.outcomes
            ],
        }

    def _formula(self, latex: str) -> int:
        text = mathml(latex)
        if text not in self._math_at:
            self._math_at[text] = len(self.math)
            self.math.append(text)
        return self._math_at[text]

    def _quantity(self, quantity: Quantity) -> list[Any]:
        """Number of the array, and a note if there is one."""
        at = self.array(quantity)
        return [at, quantity.note] if quantity.note else [at]

    def array(self, quantity: Quantity) -> int:
        key = (quantity.name, quantity.kind, id(quantity.data))
        if key not in self._array_at:
            self._kept.append(quantity.data)
            self._array_at[key] = len(self.arrays)
            self.arrays.append(
                {
                    "name": quantity.name,
                    "math": self._formula(quantity.latex),
                    "kind": quantity.kind,
                    "shape": list(quantity.data.shape),
                    **_numbers(quantity.data),
                }
            )
        return self._array_at[key]


def _numbers(data: NDArray[Any]) -> dict[str, Any]:
    if data.dtype.kind in "iu":
        return {"whole": data.ravel().tolist()}
    return {"floats": base64.b64encode(np.ascontiguousarray(data, dtype="<f8").tobytes()).decode()}
