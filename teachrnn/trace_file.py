"""Keeping a trace: as a file without pickle, bit for bit, and as plain data for other programs."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from teachrnn.errors import FileFormatError, TeachrnnError
from teachrnn.files import write_atomically
from teachrnn.op import OPS, Op, Value
from teachrnn.trace import Trace

DAMAGE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)
"""What the readers of ZIP, arrays and JSON raise on bytes that make no sense."""

FORMAT = "teachrnn trace"
VERSION = 1


def save_trace(trace: Trace, path: str | Path) -> Path:
    """Write a trace to an ``.npz`` file: one array per value, and a header in JSON.

    Examples
    --------
    >>> import tempfile
    >>> from teachrnn import CharRNN
    >>> trace = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0)).record([0, 1], [1, 2])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = load_trace(save_trace(trace, Path(folder) / "hello.npz"))
    >>> again.total_loss == trace.total_loss
    True
    """
    header = {"format": FORMAT, "version": VERSION, **_structure(trace)}
    arrays: dict[str, Any] = {f"v{value.index}": value.data for value in trace.values}
    out = io.BytesIO()
    text = np.frombuffer(json.dumps(header).encode("utf-8"), dtype=np.uint8)
    np.savez_compressed(out, header=text, **arrays)
    return write_atomically(Path(path), out.getvalue())


def load_trace(path: str | Path) -> Trace:
    """Read a trace back.

    Raises
    ------
    FileFormatError
        If the file is missing, damaged, of another kind or of a newer version, or holds an
        operation that is not defined in this session.
    """
    path = Path(path)
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            header = json.loads(bytes(file["header"]).decode("utf-8"))
            if header.get("format") != FORMAT:
                raise FileFormatError(f"{path} is not a trace of teachrnn.")
            if header["version"] > VERSION:
                raise FileFormatError(
                    f"{path} was written by a newer teachrnn (format {header['version']}, this one "
                    f"reads up to {VERSION}): upgrade teachrnn."
                )
            return _rebuild(header, [file[f"v{i}"] for i in range(len(header["values"]))], path)
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}.") from error
    except TeachrnnError:
        raise
    except DAMAGE as error:
        raise FileFormatError(f"{path} is damaged, or is not a trace of teachrnn.") from error


def trace_to_json(trace: Trace) -> str:
    """The whole record as JSON: names, operations, operands, and all numbers in full."""
    data = _structure(trace)
    for entry, value in zip(data["values"], trace.values, strict=True):
        entry["shape"] = list(value.shape)
        entry["data"] = value.data.tolist()
        d = value.grad
        entry["grad"] = None if d is None else d.tolist()
    return json.dumps({"format": FORMAT, "version": VERSION, **data}, indent=1)


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
