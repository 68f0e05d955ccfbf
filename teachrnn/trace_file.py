"""Keeping a trace: as a file without pickle, bit for bit, and as plain data for other programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from teachrnn.archive import DAMAGE, read_archive, write_archive
from teachrnn.errors import FileFormatError, TeachrnnError
from teachrnn.op import OPS, Op, Value
from teachrnn.trace import Trace

KIND = "trace"
VERSION = 1
ADVICE = "Take it from a backup, or record the trace again."


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
    header = {**_structure(trace), "note": dict(note or {})}
    return write_archive(path, header, arrays, kind=KIND, version=VERSION, compress=True)


def load_trace(path: str | Path) -> Trace:
    """Read a trace back.

    Raises
    ------
    FileFormatError
        If the file is missing, damaged, of another kind or of a newer version, or holds an
        operation that is not defined in this session.
    """
    trace, _ = load_noted_trace(path)
    return trace


def load_noted_trace(path: str | Path) -> tuple[Trace, dict[str, Any]]:
    """Read a trace back with what was noted of it; nothing, in a file of teachrnn 0.1.0.

    Raises
    ------
    FileFormatError
        As `load_trace`.
    """
    path = Path(path)
    header, arrays = read_archive(path, kind=KIND, version=VERSION, advice=ADVICE)
    try:
        trace = _rebuild(header, [arrays[f"v{i}"] for i in range(len(header["values"]))], path)
        return trace, dict(header.get("note", {}))
    except TeachrnnError:
        raise
    except DAMAGE as error:
        raise FileFormatError(f"{path} is damaged, or is not a {KIND} of teachrnn. {ADVICE}") from error


def trace_to_json(trace: Trace) -> str:
    """The whole record as JSON: names, operations, operands, and all numbers in full."""
    data = _structure(trace)
    for entry, value in zip(data["values"], trace.values, strict=True):
        entry["shape"] = list(value.shape)
        entry["data"] = value.data.tolist()
        d = value.grad
        entry["grad"] = None if d is None else d.tolist()
    return json.dumps({"format": f"teachrnn {KIND}", "version": VERSION, **data}, indent=1)


def _structure(trace: Trace) -> dict[str, Any]:
    values = []
    for value in trace.values:
        entry: dict[str, Any] = {"name": value.name, "t": value.t, "role": value.role}
        if isinstance(value, Op):
            entry["op"] = type(value).__name__
            entry["operands"] = [v.index for v in value.operands]
        values.append(entry)
    return {"values": values, "losses": [v.index for v in trace.losses]}


def _rebuild(header: dict[str, Any], arrays: list[Any], path: Path) -> Trace:
    trace = Trace()
    for entry, data in zip(header["values"], arrays, strict=True):
        trace.t = entry["t"]
        if "op" not in entry:
            trace.enter(Value(), entry["name"], entry["role"], data)
            continue
        if entry["op"] not in OPS:
            raise FileFormatError(
                f"{path} holds the operation {entry['op']!r}, which is not defined here: "
                "import the module that defines it, then load again."
            )
        op: Op = object.__new__(OPS[entry["op"]])
        op.operands = tuple(trace[i] for i in entry["operands"])
        op.binding = op.check(*[v.data for v in op.operands])
        op.code, op.instruction = _rebuild.__code__, -1  # where it was applied is not in the file
        trace.enter(op, entry["name"], "result", data)
        trace.ops.append(op)
    trace.t = None
    trace.losses = [trace[i] for i in header["losses"]]
    return trace
