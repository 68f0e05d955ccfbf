"""The contract of an engine, which sends trials to workers and collects their results."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from teachrnn.sweep.trial import Trial, TrialResult

TrialFunction = Callable[[Trial], TrialResult]


class HasKey(Protocol):
    """What is done, or was: a task and its result have the same key."""

    @property
    def key(self) -> Any:
        """What tells it from the others."""


class Task(HasKey, Protocol):
    """Something that a worker does: a trial, or whatever else takes its time and may die of it."""

    def failed(self, error: str) -> Any:
        """The result if its worker died.

        Parameters
        ----------
        error : str
            How that happened.

        Returns
        -------
        object
            A result like any other.
        """


TaskT = TypeVar("TaskT", bound=Task)
ResultT = TypeVar("ResultT", bound=HasKey)


class Engine(ABC):
    """Base of every engine: a context manager, which releases its workers at the end."""

    @property
    @abstractmethod
    def workers(self) -> int:
        """How many trials can run at a time."""

    @abstractmethod
    def run(self, function: Callable[[TaskT], ResultT], trials: Iterable[TaskT]) -> Iterator[ResultT]:
        """A result for every trial, in the order in which they finish.

        Parameters
        ----------
        function : callable
            The function to apply to a trial. It can be pickled, and raises nothing.
        trials : iterable of Trial
            The trials. One whose worker dies is tried again; one that keeps killing its
            workers gets a result that says so.

        Yields
        ------
        TrialResult
            The result of a trial.
        """

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


@contextmanager
def closed_quietly(results: Any) -> Iterator[Any]:
    """Close what joblib gives at the end, before the end too, when it would warn of lost work."""
    try:
        yield results
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            results.close()
