"""Trials on a cluster of several machines."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Any

from teachrnn.errors import TeachrnnError
from teachrnn.extras import require
from teachrnn.sweep.engine import Engine, ResultT, TaskT, closed_quietly

PATIENCE = 15
"""Seconds in which a cluster must answer."""


class DaskEngine(Engine):
    """The workers of a Dask cluster: joblib's back end dask.

    Dask hands the trials of a worker that died to another, until its setting
    ``distributed.scheduler.allowed-failures``, by default 3, has been exceeded; then the trial has
    failed, and the others continue.

    Parameters
    ----------
    address : str
        Where the scheduler listens, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    MissingExtraError
        If Dask or joblib is not installed.
    TeachrnnError
        If no scheduler answers, it has no worker, or teachrnn is not installed on the workers.
    """

    def __init__(self, address: str) -> None:
        self._silenced = ExitStack()
        purpose = "A sweep on a Dask cluster"
        self._joblib: Any = require("joblib", extra="cluster", purpose=purpose)
        distributed: Any = require("distributed", extra="cluster", purpose=purpose)
        try:
            self._client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise TeachrnnError(
                f"no Dask scheduler answers at {address!r} ({error}). Start one with: dask scheduler"
            ) from error
        try:
            self._check_workers(address)
        except BaseException:
            self._client.close()
            raise

    @property
    def workers(self) -> int:
        """How many trials can run at a time."""
        return int(sum(self._client.nthreads().values()))

    def run(self, function: Callable[[TaskT], ResultT], trials: Iterable[TaskT]) -> Iterator[ResultT]:
        from teachrnn.sweep.dask_backend import DaskBackend

        parallel = self._joblib.Parallel(
            n_jobs=-1,
            backend=DaskBackend(client=self._client),
            # No more than can run at a time: trials queued behind that of a dying worker would be
            # suspected too. There may be no worker just now, while one restarts.
            pre_dispatch=max(1, self.workers),
            batch_size=1,
            return_as="generator_unordered",
        )
        tasks = (self._joblib.delayed(function)(trial) for trial in trials)
        with closed_quietly(parallel(tasks)) as results:
            try:
                for result in results:  # noqa: UP028  ("yield from" would close them itself, not quietly)
                    yield result
            except BaseException:  # left early, as by Ctrl-C: running trials are given up
                self._silence()
                raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._silence()
        try:
            self._client.close()
        finally:
            self._silenced.close()

    def _silence(self) -> None:
        """Until the end: each trial given up would be reported as an error, with its traceback."""
        for name in list(logging.root.manager.loggerDict):  # Dask gives several a level of their own
            if name.partition(".")[0] in ("distributed", "tornado"):
                logger = logging.getLogger(name)
                self._silenced.callback(logger.setLevel, logger.level)
                logger.setLevel(logging.CRITICAL)

    def _check_workers(self, address: str) -> None:
        if not self.workers:
            raise TeachrnnError(
                f"the Dask scheduler at {address!r} has no worker. Start one on each machine with: "
                f"dask worker {address} --nworkers auto --nthreads 1"
            )
        try:
            self._client.run(_import_teachrnn)
        except Exception as error:  # anything that keeps a worker from importing
            raise TeachrnnError(
                f"a worker of the cluster at {address!r} cannot import teachrnn "
                f"({type(error).__name__}: {error}). Install the same teachrnn on every machine."
            ) from error


def _import_teachrnn() -> Any:
    import teachrnn.sweep.trial

    return teachrnn.__version__
