"""Hypothesis profiles: how hard the property tests try.

``dev`` is quick, ``ci`` repeatable, ``thorough`` for a night.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings

_ALWAYS: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
}


def register_profiles() -> None:
    """Make the profiles known to hypothesis."""
    settings.register_profile("dev", max_examples=15, **_ALWAYS)
    settings.register_profile("ci", max_examples=25, derandomize=True, print_blob=True, **_ALWAYS)
    settings.register_profile("thorough", max_examples=500, **_ALWAYS)
