"""joblib's Dask back end, made to report tasks that fail."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from joblib._dask import DaskDistributedBackend  # type: ignore[import-untyped]

from teachrnn.sweep.trial import Trial, TrialResult


class DaskBackend(DaskDistributedBackend):  # type: ignore[misc]
    """The back end of joblib, in which a trial that Dask gives up is a result like any other.

    When Dask itself fails a task, as it does when several workers have died of it, joblib's back
    end stores the error but does not report it: `joblib.Parallel` waits forever.

    And when the cluster has a single worker, even if only until another has restarted,
    `joblib.Parallel` would not use it but work in this process, which a dying trial would take
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
    """The result of a trial that Dask could not finish."""
    if type(error).__name__ == "KilledWorker":
        return TrialResult.failed(trial, "every worker that began it died (out of memory?)")
    return TrialResult.failed(trial, f"Dask cannot do it: {type(error).__name__}: {error}")
