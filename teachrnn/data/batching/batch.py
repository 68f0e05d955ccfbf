"""The batch that one training update reads."""

from __future__ import annotations

from dataclasses import dataclass

from teachrnn.array import Array


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences of the text, and for each symbol the one to predict.

    Attributes
    ----------
    x : ndarray of intp
        The inputs, (T, B): time, then batch.
    y : ndarray of intp
        The targets, (T, B): what follows each input in the text.
    fresh : bool
        The state starts from 0 here; otherwise each sequence continues where the one in the same
        column of the last batch ended, and so does the state.
    epoch : int
        Which pass through the text it belongs to, from 1.
    position : int
        Where in the text the first sequence begins: ``x[0, 0]`` is ``tokens[position]``.
    """

    x: Array
    y: Array
    fresh: bool
    epoch: int
    position: int
