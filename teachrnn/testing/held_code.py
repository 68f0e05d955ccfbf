"""A user's backward pass as a function of an instance, and how its answers are read."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from teachrnn.cells import Cell
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.instance import Instance
from teachrnn.errors import DomainError
from teachrnn.submission import IsolatedSubmission, Submission

NEEDED = "a dict of gradients by name, (loss, gradients), or an Answer"


class AnswerError(Exception):
    """What the code returned cannot be read."""


@dataclass(frozen=True)
class HeldCode:
    """A user's code, and which instances it can be run on.

    Attributes
    ----------
    name : str
        Its name.
    answer : callable
        Runs it on an instance.
    draw : callable
        Draws an instance that it can be run on, with the arguments of `Instance.draw`.
    cell : str
        Name of the cell.
    dtype : dtype
        The precision in which it computes.
    batches, starts : bool
        Whether it takes several sequences at once, and an initial state.
    recognised : bool
        Whether its own names were mapped to teachrnn's; otherwise it uses teachrnn's names.
    """

    name: str
    answer: Callable[[Instance], Any]
    draw: Callable[..., Instance]
    cell: str
    dtype: np.dtype[Any]
    batches: bool
    starts: bool
    recognised: bool

    @classmethod
    def of(
        cls,
        code: Any,
        *,
        cell: str | type[Cell] | None = None,
        batches: bool = True,
        starts: bool = True,
        dtype: DTypeLike = np.float64,
    ) -> HeldCode:
        """Make it from the arguments of `backward_suite`."""
        name = getattr(code, "__name__", type(code).__name__)
        kind = None if cell is None else Cell.find(cell).name
        if _takes_an_instance(code):
            known = kind or "vanilla"
            draw = partial(Instance.draw, known)
            return cls(name, code, draw, known, np.dtype(dtype), batches, starts, recognised=False)
        if not isinstance(code, Submission | IsolatedSubmission):
            code = Submission.of(code, cell=kind)
        if kind not in (None, code.cell):
            raise DomainError(
                f"the code was recognised as a {code.cell}; it cannot be checked as a {kind}."
            )
        starts = not set(Cell.find(code.cell).state) <= code.needs.zero
        return cls(
            name, code.answer, code.draw, code.cell, code.dtype, code.batches, starts, recognised=True
        )


def _takes_an_instance(code: Any) -> bool:
    """Whether it is a function with one required argument: code in its own layout needs more."""
    if isinstance(code, type) or not callable(code):
        return False
    needed = [p for p in inspect.signature(code).parameters.values() if p.default is p.empty]
    return len(needed) == 1 and needed[0].kind in (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )


def answer_of(given: Any) -> Answer:
    """What the code returned, as an `Answer`.

    Raises
    ------
    AnswerError
        If it has none of the accepted forms.
    """
    if isinstance(given, Answer):
        return given
    if isinstance(given, Mapping):
        return Answer(dict(given))
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], Mapping):
        loss, gradients = given
        if np.size(loss) != 1:
            raise AnswerError(f"the loss must be one number, not an array of shape {np.shape(loss)}.")
        return Answer(dict(gradients), float(np.asarray(loss).reshape(())))
    raise AnswerError(f"it returned {_kind(given)}; it must return {NEEDED}.")


def own_copy(instance: Instance) -> Instance:
    """The same numbers in new arrays, which the code may write into."""
    return Instance(
        copy.deepcopy(instance.model),
        instance.x.copy(),
        instance.y.copy(),
        {name: vectors.copy() for name, vectors in instance.state.items()},
    )


def touched(before: Instance, after: Instance) -> list[str]:
    """Names of the arrays that have changed."""
    pairs = {
        **{name: (a, after.model.parameters[name]) for name, a in before.model.parameters.items()},
        "x": (before.x, after.x),
        "y": (before.y, after.y),
        **{f"{name}[0]": (a, after.state[name]) for name, a in before.state.items()},
    }
    return [name for name, (a, b) in pairs.items() if not np.array_equal(a, b)]


def _kind(given: Any) -> str:
    if given is None:
        return "nothing"
    if isinstance(given, tuple):
        return f"a tuple of {', '.join(type(part).__name__ for part in given)}"
    return f"an object of type {type(given).__name__}"
