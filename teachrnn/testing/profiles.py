"""Hypothesis settings: how hard the property tests try, and that no clock has a say in it."""

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
"""What every suite sets for itself, whatever the profile of the tests that it is used in.

A law is right or wrong, not slow: how long an example takes says how busy the machine is, and SymPy
differentiates a formula when it is first met. How many examples are drawn is left to the profile.
"""


def register_profiles() -> None:
    """Make the profiles known to hypothesis.

    ``dev`` is quick, ``ci`` repeatable, ``thorough`` for a night.

    Examples
    --------
    >>> register_profiles()
    >>> settings.get_profile("dev").max_examples
    15
    """
    settings.register_profile("dev", max_examples=15, **ON_ANY_MACHINE)
    settings.register_profile("ci", max_examples=25, derandomize=True, print_blob=True, **ON_ANY_MACHINE)
    settings.register_profile("thorough", max_examples=500, **ON_ANY_MACHINE)
