"""Values as messages between processes: numbers, text, arrays, and lists and dicts of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import SubmissionError

KINDS_OF_NUMBERS = "biufc"
"""Of an array: whether, whole numbers, numbers, complex ones."""


def packed_value(value: Any, arrays: dict[str, Array]) -> Any:
    """A value as JSON can hold it; its arrays are put beside it.

    Parameters
    ----------
    value : object
        Numbers, text, None, arrays, and lists, tuples and dicts of them.
    arrays : dict of str to ndarray
        Where the arrays go.

    Returns
    -------
    object
        For `unpacked_value`.

    Raises
    ------
    SubmissionError
        Naming a type that cannot be sent.

    Examples
    --------
    >>> arrays = {}
    >>> packed_value({"dW": np.eye(2), "loss": 1.5}, arrays)
    {'dict': [['dW', {'array': '0'}], ['loss', 1.5]]}
    >>> unpacked_value(_, arrays)["dW"].shape
    (2, 2)
    """
    if value is None or (
        isinstance(value, bool | int | float | str) and not isinstance(value, np.generic)
    ):
        return value
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if array.dtype.kind not in KINDS_OF_NUMBERS:
            if array.dtype.kind == "U" and array.ndim == 0:
                return str(array)
            raise SubmissionError(f"an array of {array.dtype} was returned, but numbers are needed.")
        name = str(len(arrays))
        arrays[name] = array
        return {"array": name}
    if isinstance(value, list | tuple):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [packed_value(part, arrays) for part in value]}
    if isinstance(value, Mapping):
        pairs = [[packed_value(key, arrays), packed_value(part, arrays)] for key, part in value.items()]
        return {"dict": pairs}
    if isinstance(value, range | set | frozenset):
        return packed_value(list(value), arrays)
    raise SubmissionError(
        f"a {type(value).__name__} was returned, but numbers, text, arrays, or lists and dicts of them "
        "are needed."
    )


def unpacked_value(said: Any, arrays: Mapping[str, Array]) -> Any:
    """The value of a message.

    Parameters
    ----------
    said : object
        What `packed_value` gave.
    arrays : mapping of str to ndarray
        The arrays beside it.

    Returns
    -------
    object
        The value.

    Raises
    ------
    SubmissionError
        If it is no such message.
    """
    if not isinstance(said, dict):
        return said
    try:
        ((kind, inside),) = said.items()
        if kind == "array":
            return arrays[inside]
        if kind == "dict":
            return {unpacked_value(key, arrays): unpacked_value(part, arrays) for key, part in inside}
        parts = [unpacked_value(part, arrays) for part in inside]
        return tuple(parts) if kind == "tuple" else parts
    except (ValueError, KeyError, TypeError) as error:
        raise SubmissionError("an answer came back that cannot be read.") from error
