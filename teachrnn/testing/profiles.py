"""Hypothesis settings: how many examples the property tests try, without time limits."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings

ON_ANY_MACHINE: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
        HealthCheck.filter_too_much,
    ],
}
"""What every suite sets for itself, whatever Hypothesis profile is used.

There are no deadlines: how long an example takes depends on how busy the machine is, and SymPy
differentiates a formula when it is first used. The profile decides how many examples are drawn.
"""


def register_profiles() -> None:
    """Register the profiles with Hypothesis.

    ``dev`` is quick, ``ci`` is reproducible, ``thorough`` takes hours.

    Examples
    --------
    >>> register_profiles()
    >>> settings.get_profile("dev").max_examples
    10
    """
    settings.register_profile("dev", max_examples=10, **ON_ANY_MACHINE)
    settings.register_profile("ci", max_examples=25, derandomize=True, print_blob=True, **ON_ANY_MACHINE)
    settings.register_profile("thorough", max_examples=500, **ON_ANY_MACHINE)
