"""Saving a trace: to a file without pickle, bit for bit, and as plain data for other programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict, cast

from teachrnn.array import Array
from teachrnn.errors import FileFormatError
from teachrnn.files import Archive, pack, unpack
from teachrnn.op import Op, Value
from teachrnn.ops import OPS
from teachrnn.trace import Trace

TRACE = Archive("trace", advice="Take it from a backup, or record the trace again.")


Role = Literal["parameter", "input", "result"]


class _Recorded(TypedDict):
    """A value as a file describes it; its numbers are the array ``v0``, ``v1``, ... of its position."""

    name: str
    t: int | None
    role: Role
    op: NotRequired[str]
    operands: NotRequired[list[int]]


@dataclass
class _Structure:
    """The header of a file: what was recorded, in order, and which values are losses."""

    values: list[_Recorded]
    losses: list[int]
    note: dict[str, Any] = field(default_factory=dict)


def save_trace(trace: Trace, path: str | Path, *, note: Mapping[str, Any] | None = None) -> Path:
    """Write a trace to an ``.npz`` file: one array per value, and a header in JSON.

    Parameters
    ----------
    trace : Trace
        The record.
    path : str or Path
        Where to.
    note : mapping, optional
        Notes on it, as JSON can hold them: see `load_noted_trace`.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileFormatError
        If it cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from teachrnn import CharRNN
    >>> trace = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0)).record([0, 1], [1, 2])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = load_trace(save_trace(trace, Path(folder) / "hello.npz"))
    >>> again.total_loss == trace.total_loss
    True
    """
    arrays = {f"v{value.index}": value.data for value in trace.values}
    header, _ = pack(_structure(trace, note or {}))
    return TRACE.save(path, header, arrays, compress=True)


def load_trace(path: str | Path) -> Trace:
    """Read a trace back.

    Parameters
    ----------
    path : str or Path
        A file that `save_trace` wrote.

    Returns
    -------
    Trace
        The record, bit for bit; its gradients are not in the file.

    Raises
    ------
    FileFormatError
        If the file is missing, damaged, of another kind or of a newer version, or holds an
        operation that is not defined in this session.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from teachrnn import CharRNN, load_trace, save_trace
    >>> trace = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0)).record([0, 1], [1, 2])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = load_trace(save_trace(trace, Path(folder) / "hello.npz"))
    >>> again["h[2]"]
    <h[2] = Tanh(a[2]) (2,)>
    """
    trace, _ = load_noted_trace(path)
    return trace


def load_noted_trace(path: str | Path) -> tuple[Trace, dict[str, Any]]:
    """Read a trace back with its notes; a file of teachrnn 0.1.0 has none.

    Raises
    ------
    FileFormatError
        As `load_trace`.
    """
    header, arrays = TRACE.load(path)
    with TRACE.opening(path):
        structure = unpack(_Structure, header)
        missing = {f"v{i}" for i in range(len(structure.values))} - set(arrays)
        if missing:
            raise FileFormatError(f"the array {min(missing)!r} is missing")
    with TRACE.looking_up(path):
        for name in {entry["op"] for entry in structure.values if "op" in entry}:
            OPS[name]
    with TRACE.opening(path):
        return _rebuild(structure, arrays), structure.note


def trace_to_json(trace: Trace) -> str:
    """The whole record as JSON: names, operations, operands, and all numbers in full."""
    data, _ = pack(_structure(trace))
    for entry, value in zip(data["values"], trace.values, strict=True):
        entry["shape"] = list(value.shape)
        entry["data"] = value.data.tolist()
        d = value.grad
        entry["grad"] = None if d is None else d.tolist()
    return json.dumps({"format": "teachrnn trace", "version": TRACE.version, **data}, indent=1)


def _structure(trace: Trace, note: Mapping[str, Any] | None = None) -> _Structure:
    values = []
    for value in trace.values:
        entry = _Recorded(name=value.name, t=value.t, role=cast(Role, value.role))
        if isinstance(value, Op):
            entry["op"] = type(value).__name__
            entry["operands"] = [v.index for v in value.operands]
        values.append(entry)
    return _Structure(values, [v.index for v in trace.losses], dict(note or {}))


def _rebuild(structure: _Structure, arrays: Mapping[str, Array]) -> Trace:
    trace = Trace()
    for i, entry in enumerate(structure.values):
        trace.t = entry["t"]
        data = arrays[f"v{i}"]
        if "op" not in entry:
            trace.enter(Value(), entry["name"], entry["role"], data)
            continue
        op: Op = object.__new__(OPS[entry["op"]])
        op.operands = tuple(_value(trace, k) for k in entry.get("operands", []))
        op.binding = op.check(*[v.data for v in op.operands])
        op.code, op.instruction = _rebuild.__code__, -1  # where it was applied is not in the file
        trace.enter(op, entry["name"], "result", data)
    trace.t = None
    trace.losses = [_value(trace, i) for i in structure.losses]
    return trace


def _value(trace: Trace, index: int) -> Value:
    """A value that has been read already."""
    if not 0 <= index < len(trace):
        raise FileFormatError(f"value {index} is used before it is there")
    return trace[index]
