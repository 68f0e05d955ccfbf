"""Parameters that stand for others in the usual run; under CI=true and with --all, all of them run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def usual(first: Iterable[Any], others: Iterable[Any]) -> list[Any]:
    """The first ones always, and the others where everything is run."""
    return [*first, *(pytest.param(*_together(other), marks=pytest.mark.ci) for other in others)]


def _together(one: Any) -> tuple[Any, ...]:
    return one if isinstance(one, tuple) else (one,)
