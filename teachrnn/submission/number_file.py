"""Named numbers in files that any language can read and write: .npz, .json, .mat."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import FileFormatError
from teachrnn.extras import require
from teachrnn.files import write_atomically

Sets = dict[str, dict[str, Array]]
"""Arrays by name, of one or more sets of numbers by their number; the only one is ``""``."""


def read_numbers(path: str | Path) -> Sets:
    """Read a file of numbers.

    Parameters
    ----------
    path : path
        ``.npz`` of NumPy, ``.mat`` of MATLAB or Octave (``save -v7``), or ``.json``: an object of
        numbers and nested lists, or a list of such objects. Names that all end in ``_1``, ``_2`` ...
        make a set of each number.

    Raises
    ------
    FileFormatError
        If it cannot be read, with what to do.
    MissingExtraError
        For a .mat file without SciPy.
    """
    path = Path(path)
    readers = {".npz": _npz, ".json": _json, ".mat": _mat}
    if path.suffix not in readers:
        raise FileFormatError(
            f"{path}: numbers are read from {', '.join(readers)}, not {path.suffix!r}."
        )
    try:
        found = readers[path.suffix](path)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, NotImplementedError) as error:
        hint = "; save it with -v7" if path.suffix == ".mat" else ""
        raise FileFormatError(
            f"{path} cannot be read as a {path.suffix} file{hint}: {error}."
        ) from error
    if isinstance(found, list):
        return {str(i): one for i, one in enumerate(found, 1)}
    return _by_number(found)


def write_numbers(path: str | Path, sets: Mapping[str, Mapping[str, Array]]) -> None:
    """Write sets of numbers, each name with ``_1``, ``_2`` ... behind it.

    Raises
    ------
    FileFormatError
        If the name of the file has another ending than .npz, .json or .mat.
    """
    path = Path(path)
    flat = {f"{n}_{i}" if i else n: np.asarray(a) for i, one in sets.items() for n, a in one.items()}
    packed = io.BytesIO()
    if path.suffix == ".npz":
        np.savez(packed, allow_pickle=False, **flat)
    elif path.suffix == ".json":
        packed.write(json.dumps({n: a.tolist() for n, a in flat.items()}, indent=1).encode())
    elif path.suffix == ".mat":
        scipy = require("scipy.io", extra="mat", purpose="Writing a .mat file")
        scipy.savemat(packed, flat, oned_as="column")
    else:
        raise FileFormatError(f"{path}: numbers are written as .npz, .json or .mat.")
    write_atomically(path, packed.getvalue())


def _npz(path: Path) -> dict[str, Array]:
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _json(path: Path) -> dict[str, Array] | list[dict[str, Array]]:
    found = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(found, list):
        return [_arrays(one) for one in found]
    return _arrays(found)


def _mat(path: Path) -> dict[str, Array]:
    scipy = require("scipy.io", extra="mat", purpose="Reading a .mat file")
    return _arrays({n: a for n, a in scipy.loadmat(path).items() if not n.startswith("__")})


def _arrays(found: Mapping[str, Any]) -> dict[str, Array]:
    """Plain arrays; the fields of a struct or an object under their own names."""
    arrays: dict[str, Array] = {}
    for name, value in found.items():
        if isinstance(value, Mapping):
            arrays |= _arrays(value)
        elif isinstance(value, np.ndarray) and value.dtype.names:  # a MATLAB struct
            arrays |= _arrays({field: value[field].item() for field in value.dtype.names})
        else:
            array = np.asarray(value)
            if array.dtype.kind in "fiub":
                arrays[name] = array
    return arrays


def _by_number(found: dict[str, Array]) -> Sets:
    ends = {name.rpartition("_")[2] for name in found}
    if found and all("_" in name for name in found) and all(end.isdigit() for end in ends):
        sets: Sets = {}
        for name, array in found.items():
            base, _, end = name.rpartition("_")
            sets.setdefault(end, {})[base] = array
        return dict(sorted(sets.items(), key=lambda pair: int(pair[0])))
    return {"": found}
