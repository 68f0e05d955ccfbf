"""How a sequence is laid out: axes, one-hot or numbers, list or array, counted from 0 or 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Literal

import numpy as np

from teachrnn.array import Array


@dataclass(frozen=True)
class SequenceForm:
    """The axes of a student's sequence, in letters: T time, B batch, D entries, 1 an axis of length 1.

    Attributes
    ----------
    axes : str
        "BTD" is (B, T, D); without B there is one sequence.
    container : {"array", "list", "dict"}
        "list": a list over the first axis, which is T; "dict": by t.
    tokens : bool
        Numbers of symbols instead of one-hot vectors; the axes then have no D.
    base : int
        What the first symbol's number is.
    padding : int
        How many empty entries stand before t = 1.
    residual : float
        Targets of a squared error, 1 where it is halved and 2 where it is not; 0 for others.

    Examples
    --------
    >>> SequenceForm("DT").encode(np.zeros((4, 1, 3))).shape
    (3, 4)
    >>> SequenceForm("T", "list", tokens=True).encode(np.array([[2], [0]]))
    [2, 0]
    """

    axes: str
    container: Literal["array", "list", "dict"] = "array"
    tokens: bool = False
    base: int = 0
    padding: int = 0
    residual: float = 0.0

    def encode(self, sequence: Array) -> Any:
        """From (T, B, D), or (T, B) for tokens, to the student's form."""
        letters = "TB" if self.tokens else "TBD"
        array = sequence + self.base if self.tokens else sequence
        kept = [letter for letter in self.axes if letter != "1"]
        for i, letter in reversed(list(enumerate(letters))):
            if letter not in kept:
                array = array[(slice(None),) * i + (0,)]
        order = [letter for letter in letters if letter in kept]
        array = np.transpose(array, [order.index(letter) for letter in kept])
        for i, letter in enumerate(self.axes):
            if letter == "1":
                array = np.expand_dims(array, i)
        if self.padding:
            at = self.axes.index("T")
            empty = np.zeros_like(np.take(array, [0], at))
            array = np.concatenate([array, empty] if self.padding < 0 else [empty, array], at)
        if self.container == "array":
            return np.array(array, order="C")
        if array.ndim == 1:
            return [int(n) for n in array] if self.tokens else list(array)
        parts = [np.array(part) for part in array]
        return parts if self.container == "list" else {t + self.base: p for t, p in enumerate(parts)}

    def decode(self, given: Any, T: int) -> Array:
        """From the student's form to (T, B, D); entries before t = 1 are dropped."""
        array = as_array(given)
        at = self.axes.index("T")
        if array.shape[at] == T + 1:
            array = np.delete(array, -1 if self.padding == -1 else 0, axis=at)
        squeezed = tuple(i for i, letter in enumerate(self.axes) if letter == "1")
        array = np.squeeze(array, axis=squeezed)
        order = [letter for letter in self.axes if letter != "1"]
        array = np.transpose(array, [order.index(letter) for letter in "TBD" if letter in order])
        for i, letter in enumerate("TBD"):
            if letter not in order:
                array = np.expand_dims(array, i)
        return array

    @property
    def said(self) -> str:
        """In words."""
        words = {"T": "T", "B": "B", "D": "K" if not self.tokens else "", "1": "1"}
        shape = ", ".join(words[letter] for letter in self.axes)
        what = "numbers of symbols" if self.tokens else "one-hot vectors"
        what = "vectors (of a squared error)" if self.residual else what
        if self.container == "array":
            text = f"{what}, ({shape}{',' if len(self.axes) == 1 else ''})"
        else:
            text = f"a {self.container} of T {what}"
            if len(self.axes) > 1:
                text += f", each ({', '.join(words[letter] for letter in self.axes[1:])})"
        if self.base:
            text += ", counted from 1"
        if self.padding > 0:
            text += ", with one empty entry before t = 1"
        return text


def as_array(given: Any) -> Array:
    """A list or dict over t as an array, in order of t."""
    if isinstance(given, Mapping):
        keys = sorted(k for k in given if isinstance(k, int | np.integer))
        if not keys or len(keys) < len(given):
            raise ValueError("no sequence over t")
        given = [given[k] for k in keys]
    if isinstance(given, list | tuple):
        given = [np.asarray(g) for g in given if g is not None]
        if any(g.dtype == object for g in given):
            raise ValueError("no arrays")
        if len({g.shape for g in given}) > 1:  # the initial state in another shape than the others
            given = [g.ravel() for g in given]
    return np.asarray(given)


SINGLE_X = [
    SequenceForm("T", "list", tokens=True),
    SequenceForm("T", tokens=True),
    SequenceForm("TD1", "list"),
    SequenceForm("DT"),
    SequenceForm("TD"),
    SequenceForm("TD", "list"),
    SequenceForm("TD1"),
    SequenceForm("T1D"),
    SequenceForm("T1D", "list"),
    SequenceForm("T", tokens=True, base=1),
    SequenceForm("DT", padding=1),
    SequenceForm("TD", padding=1),
    SequenceForm("T", tokens=True, base=1, padding=1),
    SequenceForm("T", tokens=True, padding=1),
    SequenceForm("T1", tokens=True),
    SequenceForm("1T", tokens=True),
    SequenceForm("D1T"),
    SequenceForm("1TD"),
]
BATCH_X = [
    SequenceForm("BTD"),
    SequenceForm("TBD"),
    SequenceForm("DBT"),
    SequenceForm("BT", tokens=True),
    SequenceForm("TB", tokens=True),
    SequenceForm("TBD", "list"),
    SequenceForm("TDB", "list"),
    SequenceForm("TDB"),
    SequenceForm("DTB"),
    SequenceForm("BDT"),
    SequenceForm("TB", "list", tokens=True),
    SequenceForm("BT", tokens=True, base=1),
]

STATES = {True: ["BD", "DB", "1BD"], False: ["D1", "D", "1D", "11D"]}
"""Axes of an initial state, with a batch and without."""


def encode_state(state: Array, axes: str) -> Array:
    """From (B, m) to the student's axes."""
    array = state if "B" in axes else state[0]
    if axes == "DB":
        array = array.T
    for i, letter in enumerate(axes):
        if letter == "1":
            array = np.expand_dims(array, i)
    return np.array(array, order="C")


def decode_state(given: Any, B: int, m: int, axes: str = "BD") -> Array | None:
    """From any of them to (B, m), where B = m from these; None if it is of another size."""
    try:
        array = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        return None
    if array.size != B * m:
        return None
    array = np.squeeze(array) if B > 1 else array.reshape(1, m)
    if array.shape == (B, m) and not (B == m > 1 and axes == "DB"):
        return array
    return array.T if array.shape == (m, B) else None


def layouts_of(given: Any, T: int, B: int, D: int) -> Iterator[tuple[SequenceForm, Array]]:
    """All readings of a value as (T, B, D), or with T + 1 steps including the initial state."""
    try:
        array = as_array(given)
    except (TypeError, ValueError):
        return
    if array.dtype.kind not in "fc" or array.size not in (T * B * D, (T + 1) * B * D):
        return
    container: Literal["array", "list", "dict"] = "array"
    if isinstance(given, Mapping):
        container = "dict"
    elif isinstance(given, list | tuple):
        container = "list"
    steps = T if array.size == T * B * D else T + 1
    sizes = {"T": steps, "B": B, "D": D}
    seen = set()
    for order in permutations("TBD"):
        if container != "array" and order[0] != "T":
            continue
        axes = _axes(array.shape, order, sizes)
        if axes is None or axes in seen:
            continue
        seen.add(axes)
        for padding in (0,) if steps == T else (1, -1):
            form = SequenceForm(axes, container, padding=padding)
            yield form, form.decode(given, T)


def _axes(shape: tuple[int, ...], order: tuple[str, ...], sizes: Mapping[str, int]) -> str | None:
    """The letters of the axes, if the lengths are those; one of length 1 may be left out or added."""
    left = list(order)
    axes = ""
    for n in shape:
        while left and sizes[left[0]] != n and sizes[left[0]] == 1:
            left.pop(0)
        if left and sizes[left[0]] == n:
            axes += left.pop(0)
        elif n == 1:
            axes += "1"
        else:
            return None
    if any(sizes[letter] != 1 for letter in left) or "T" not in axes:
        return None
    return axes
