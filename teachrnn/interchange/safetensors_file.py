"""A trained network as a safetensors file, which PyTorch reads as well."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from teachrnn.array import Array
from teachrnn.data import Vocabulary
from teachrnn.errors import DomainError, FileFormatError
from teachrnn.extras import require
from teachrnn.files import write_atomically
from teachrnn.interchange.torch_state import from_torch, to_torch
from teachrnn.models import CharRNN

FORMAT = "teachrnn network"
VERSION = 1


def save_safetensors(path: str | Path, model: CharRNN, *, vocabulary: Vocabulary | None = None) -> Path:
    """Write a network, and optionally its vocabulary, to a safetensors file.

    The arrays have the names that `to_torch` gives them, so that the module shown there loads them
    without teachrnn: ``network.load_state_dict(safetensors.torch.load_file(path))``. What the
    arrays do not contain (the format and its version, the cell, the vocabulary, a digest that detects
    damage) is in the file's metadata.

    Parameters
    ----------
    path : str or Path
        Where to; the old file is replaced in one go.
    model : CharRNN
        Its cell must be one that PyTorch has.
    vocabulary : Vocabulary, optional
        One character for each of the model's K symbols.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DomainError
        If PyTorch has no such cell, or the vocabulary is of another size than the model.
    FileFormatError
        If the place cannot be written to.
    MissingExtraError
        If safetensors is not installed.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> vocabulary = Vocabulary.of("hello")
    >>> model = CharRNN(hidden=2, symbols=len(vocabulary), rng=np.random.default_rng(0))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_safetensors(Path(folder) / "hello.safetensors", model, vocabulary=vocabulary)
    ...     again, characters = load_safetensors(path)
    >>> characters.symbols
    ('e', 'h', 'l', 'o')
    >>> np.array_equal(again.parameters["W"], model.parameters["W"])
    True
    """
    if vocabulary is not None and len(vocabulary) != model.symbols:
        raise DomainError(
            f"the vocabulary has {len(vocabulary)} symbols but the model {model.symbols}: "
            "give the vocabulary that it was trained with."
        )
    state = to_torch(model)
    metadata = _metadata(model, vocabulary, state)
    return write_atomically(Path(path), _require("safetensors.numpy").save(state, metadata=metadata))


def load_safetensors(path: str | Path) -> tuple[CharRNN, Vocabulary | None]:
    """Read a network back, with its vocabulary if it has one.

    Parameters
    ----------
    path : str or Path
        A file that `save_safetensors` wrote.

    Returns
    -------
    tuple of (CharRNN, Vocabulary or None)
        The network, and its vocabulary where the file has one.

    Raises
    ------
    FileFormatError
        If the file is missing, damaged, of another kind or of a newer version.
    MissingExtraError
        If safetensors is not installed.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from teachrnn import CharRNN, load_safetensors, save_safetensors
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again, vocabulary = load_safetensors(save_safetensors(Path(folder, "model"), model))
    >>> bool((again.parameters["W"] == model.parameters["W"]).all()), vocabulary
    (True, None)
    """
    path = Path(path)
    # What the readers of the format, of JSON and of its contents raise on bytes that make no sense.
    nonsense = (ValueError, KeyError, AttributeError, RecursionError)
    damage = (_require("safetensors").SafetensorError, *nonsense)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}.") from error
    try:
        state, metadata = _require("safetensors.numpy").load(data), _read_metadata(data)
    except damage as error:
        raise FileFormatError(f"{path} is damaged, or is not a network of teachrnn.") from error
    if metadata.get("format") != FORMAT:
        raise FileFormatError(
            f"{path} is not a network of teachrnn. If it holds the state dict of a module of PyTorch, "
            "read it with from_torch(safetensors.numpy.load_file(path))."
        )
    version = metadata.get("version", "")
    if version.isdecimal() and int(version) > VERSION:
        raise FileFormatError(
            f"{path} was written by a newer teachrnn (format {version}, this one reads up to "
            f"{VERSION}): upgrade teachrnn."
        )
    try:
        model, vocabulary = from_torch(state), _read_vocabulary(metadata)
    except nonsense as error:
        raise FileFormatError(f"{path} is damaged.") from error
    if metadata != _metadata(model, vocabulary, state):
        raise FileFormatError(f"{path} is damaged: its digest is not that of what it holds.")
    return model, vocabulary


def _metadata(
    model: CharRNN, vocabulary: Vocabulary | None, state: Mapping[str, Array]
) -> dict[str, str]:
    """What a file with this network says about itself: strings only, as the format asks for."""
    metadata = {"format": FORMAT, "version": str(VERSION), "cell": model.cell.name}
    metadata |= {name: str(getattr(model, name)) for name in ("hidden", "layers", "symbols")}
    if vocabulary is not None:
        metadata["vocabulary"] = json.dumps(vocabulary.to_dict())
    digest = hashlib.sha256(json.dumps(metadata, sort_keys=True).encode())
    for name, array in sorted(state.items()):
        digest.update(f"{name} {array.dtype} {array.shape} ".encode() + array.tobytes())
    return {**metadata, "sha256": digest.hexdigest()}


def _read_metadata(data: bytes) -> dict[str, str]:
    """The strings in a file's header; the layout is the format's: 8 bytes of length, then JSON."""
    length = int.from_bytes(data[:8], "little")
    metadata: dict[str, str] = json.loads(data[8 : 8 + length]).get("__metadata__", {})
    return metadata


def _read_vocabulary(metadata: Mapping[str, str]) -> Vocabulary | None:
    if "vocabulary" not in metadata:
        return None
    return Vocabulary.from_dict(json.loads(metadata["vocabulary"]))


def _require(module: str) -> ModuleType:
    return require(module, extra="weights", purpose="A safetensors file")
