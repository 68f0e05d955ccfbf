"""What all tests share: hypothesis profiles, the --thorough option, and a working Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys

# Before NumPy is loaded: on two cores, two workers with two threads each wait for each other in every
# matrix product, and a test of a second takes a minute.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Otherwise each process that a test starts would compile the package, which takes as long as its import.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import pytest
from browser import browser_page, chromium, shared_pages  # noqa: F401  (fixtures)
from hypothesis import settings
from needs import torch  # noqa: F401  (fixtures)

from teachrnn.testing import register_profiles


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough", action="store_true", help="also run what takes minutes; draw far more examples"
    )
    parser.addoption("--all", action="store_true", help="run all that is run under CI=true")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than cores: while a browser draws or a kernel starts, its test does nothing."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    # If the tests run in the background (nohup ... &), Ctrl-C and hang-ups are ignored, which every
    # process that they start would inherit.
    usual = {"SIGINT": signal.default_int_handler, "SIGTERM": signal.SIG_DFL, "SIGHUP": signal.SIG_DFL}
    for name, handler in usual.items():
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)
    # If it is installed, jsonschema checks addresses with it, which no test needs. Importing it builds
    # 38 grammars: three seconds in every worker that reads a notebook.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    # Otherwise each worker would rewrite the assertions of all tests again: six seconds.
    sys.dont_write_bytecode = False
    register_profiles()
    default = "ci" if os.environ.get("CI") else "dev"
    settings.load_profile("thorough" if config.getoption("--thorough") else default)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    thorough = config.getoption("--thorough")
    complete = thorough or config.getoption("--all") or os.environ.get("CI")
    unwanted = [name for name, runs in {"thorough": thorough, "ci": complete}.items() if not runs]
    left_out = [item for item in items if any(map(item.get_closest_marker, unwanted))]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
