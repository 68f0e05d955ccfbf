"""One thread for matrix products."""

from __future__ import annotations

from functools import cache
from types import TracebackType
from typing import Any, Self


class OneThread:
    """Inside the ``with`` block, NumPy's BLAS uses one thread.

    At the sizes of these networks a second thread gains nothing and keeps a core busy; and with one,
    the same run gives the same bits however many cores there are. The setting is that of the whole
    process, so it is put back as soon as an update is done, and entering must cost little: a tenth
    of what ``threadpoolctl.threadpool_limits`` takes, which looks for the libraries each time.

    Examples
    --------
    >>> import numpy as np
    >>> with OneThread():
    ...     product = np.ones((2, 2)) @ np.ones((2, 2))
    """

    def __init__(self) -> None:
        self._before: list[tuple[Any, int]] = []

    def __enter__(self) -> Self:
        for library in _libraries():
            threads = library.get_num_threads()
            if threads is not None and threads > 1:  # None: the library does not report it
                self._before.append((library, threads))
                library.set_num_threads(1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for library, threads in self._before:
            library.set_num_threads(threads)
        self._before.clear()


@cache
def _libraries() -> list[Any]:
    """The BLAS libraries of this process: NumPy's own, loaded long before."""
    from threadpoolctl import ThreadpoolController

    return [library for library in ThreadpoolController().lib_controllers if library.user_api == "blas"]
