"""What is said when something is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest


def refusal(error: type[Exception], act: Callable[[], object]) -> str:
    """The message of the exception that an act raises."""
    with pytest.raises(error) as caught:
        act()
    return str(caught.value)
