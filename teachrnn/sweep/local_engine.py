"""Trials on this machine, each in a process of its own, which may die."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from teachrnn.errors import TeachrnnError
from teachrnn.extras import require
from teachrnn.hyper_parameter import check_counts
from teachrnn.sweep.engine import Engine, ResultT, TaskT, closed_quietly

DIED = "its process died twice, the second time with no other trial running (out of memory?)"


class LocalEngine(Engine):
    """Processes of this machine, with one BLAS thread each: joblib's back end loky.

    When a process dies, it is unknown which of the running trials has killed it, and all of them
    are lost. Each is tried once more, alone; one that dies then has failed, and the others continue.

    Parameters
    ----------
    workers : int
        How many trials run at a time.
    purpose : str
        What it is for, as a message says that joblib is missing.

    Raises
    ------
    MissingExtraError
        If joblib is not installed.
    TeachrnnError
        If this Python has no processes.
    """

    def __init__(self, *, workers: int = 1, purpose: str = "A sweep") -> None:
        check_counts("LocalEngine", workers=workers)
        self._workers = workers
        self._joblib: Any = require("joblib", extra="sweep", purpose=purpose)
        try:
            from concurrent.futures.process import BrokenProcessPool
        except ImportError as error:  # Python in a browser
            raise TeachrnnError(
                f"{purpose} needs processes, and this Python has none: run it where Python is a program."
            ) from error
        self._a_process_died = BrokenProcessPool

    @property
    def workers(self) -> int:
        """How many trials run at a time."""
        return self._workers

    def run(self, function: Callable[[TaskT], ResultT], trials: Iterable[TaskT]) -> Iterator[ResultT]:
        waiting = list(reversed(list(trials)))
        while waiting:
            under_way: dict[Any, TaskT] = {}
            try:
                with self._results(function, _taken(waiting, under_way), self.workers) as results:
                    for result in results:
                        del under_way[result.key]
                        yield result
            except self._a_process_died:
                for trial in under_way.values():
                    yield self._alone(function, trial)

    def _alone(self, function: Callable[[TaskT], ResultT], trial: TaskT) -> ResultT:
        try:
            with self._results(function, [trial], 1) as results:
                result: ResultT = next(results)
                return result
        except self._a_process_died:
            dead: ResultT = trial.failed(DIED)
            return dead

    def _results(
        self, function: Callable[[TaskT], ResultT], trials: Iterable[TaskT], at_a_time: int
    ) -> Any:
        # With n_jobs=1 joblib would work in this process, which a dying trial would take with it.
        with self._joblib.parallel_config(
            backend="loky", inner_max_num_threads=1, initializer=leave_interrupts_to_the_sweep
        ):
            parallel = self._joblib.Parallel(
                n_jobs=max(at_a_time, 2),
                pre_dispatch=at_a_time,
                batch_size=1,
                return_as="generator_unordered",
            )
        return closed_quietly(parallel(self._joblib.delayed(function)(trial) for trial in trials))


def leave_interrupts_to_the_sweep() -> None:
    """Ctrl-C reaches every process of a terminal, but the sweep itself ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _taken(waiting: list[TaskT], under_way: dict[Any, TaskT]) -> Iterator[TaskT]:
    """The trials from last to first, each noted as it is taken."""
    while waiting:
        trial = waiting.pop()
        under_way[trial.key] = trial
        yield trial
