"""Messages between a process and its worker: JSON and arrays, nothing executable."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Mapping
from typing import IO, Any

import numpy as np

from teachrnn.array import Array

_HEADER = struct.Struct(">QQ")
MAX_BYTES = 2**28
"""Of a message: what says that it is longer is none."""


def send(stream: IO[bytes], said: Mapping[str, Any], arrays: Mapping[str, Array] | None = None) -> None:
    """Write one message: the lengths of its two parts, JSON, an npz archive."""
    text = json.dumps(said).encode()
    packed = io.BytesIO()
    if arrays:
        np.savez(packed, allow_pickle=False, **arrays)
    body = packed.getvalue()
    stream.write(_HEADER.pack(len(text), len(body)) + text + body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], dict[str, Array]]:
    """Read one message.

    Raises
    ------
    EOFError
        If the other side is gone.
    ValueError
        If it is no message.
    """
    header = _read(stream, _HEADER.size)
    length, packed = _HEADER.unpack(header)
    if length + packed > MAX_BYTES:
        raise ValueError("a message that long is none")
    said: dict[str, Any] = json.loads(_read(stream, length))
    if not packed:
        return said, {}
    with np.load(io.BytesIO(_read(stream, packed)), allow_pickle=False) as archive:
        return said, {name: archive[name] for name in archive.files}


def _read(stream: IO[bytes], count: int) -> bytes:
    read = stream.read(count)
    if len(read) < count:
        raise EOFError
    return read
