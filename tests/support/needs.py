"""What some tests need besides the package: without it they are skipped; with CI=true they fail."""

from __future__ import annotations

import importlib.util
import os
from typing import Any, NoReturn

import pytest


def lacking(reason: str) -> NoReturn:
    """Skip the test; with CI=true it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def need(*modules: str) -> None:
    """Skip the test if a module is missing; with CI=true it fails."""
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        lacking(f"not installed: {', '.join(missing)}")


@pytest.fixture(scope="session")
def torch() -> Any:
    """PyTorch. If it is missing, the test is skipped; with CI=true it fails."""
    need("torch")
    return importlib.import_module("torch")
