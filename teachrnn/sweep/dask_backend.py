"""joblib's Dask back end, made to tell when a task can't be done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from joblib._dask import DaskDistributedBackend  # type: ignore[import-untyped]

from teachrnn.sweep.trial import Trial, TrialResult


class DaskBackend(DaskDistributedBackend):  # type: ignore[misc]
    """The back end of joblib, but a trial that Dask gives up is a result like any other.

    Where Dask itself fails a task, as it does when several workers have died of it, joblib's back
    end notes the error and tells nobody: `joblib.Parallel` waits forever.

    And where the cluster has a single worker, if only until another has started again,
    `joblib.Parallel` would leave it alone and work in this very process, which a dying trial takes
    with it.
    """

    def effective_n_jobs(self, n_jobs: int) -> int:
        return max(2, super().effective_n_jobs(n_jobs))

    def submit(self, func: Any, callback: Callable[[Any], None] | None = None) -> Any:
        future = super().submit(func, callback)
        (_, (trial,), _), *_ = func.items  # batches are of one trial

        def tell(done: Future[Any]) -> None:
            error = done.exception()
            if error is not None and callback is not None:
                callback([given_up(trial, error)])

        future.add_done_callback(tell)
        return future


def given_up(trial: Trial, error: BaseException) -> TrialResult:
    """The result of a trial that Dask did not get done."""
    if type(error).__name__ == "KilledWorker":
        return TrialResult.failed(trial, "every worker that began it died (out of memory?)")
    return TrialResult.failed(trial, f"Dask cannot do it: {type(error).__name__}: {error}")
