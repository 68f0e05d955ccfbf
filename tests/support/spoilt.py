"""Running a law on a part that is deliberately wrong."""

from __future__ import annotations

from typing import Any

from hypothesis import Phase

AT_SIGHT: dict[str, Any] = {
    "derandomize": True,
    "database": None,
    "deadline": None,
    "report_multiple_bugs": False,
    "phases": [Phase.generate],
}
"""Settings that find a fault without shrinking it, which would take most of the time."""
