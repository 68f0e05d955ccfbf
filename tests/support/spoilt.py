"""Running a law on a part that is wrong on purpose."""

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
"""Settings under which a fault is found and no more: most of the time goes into smaller examples."""
