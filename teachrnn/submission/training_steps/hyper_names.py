"""What students call hyper-parameters, and the values that are handed over for them."""

from __future__ import annotations

import re

NAMES = {
    "eta": "lr learningrate eta alpha stepsize lrate rate",
    "beta1": "beta1 b1",
    "beta2": "beta2 b2",
    "epsilon": "eps epsilon smooth fudge",
    "mu": "mu momentum mom beta",
    "gamma": "gamma decay decayrate rho rmsdecay",
    "weight_decay": "wd weightdecay l2",
    "limit": (
        "limit clip clipvalue clipnorm maxnorm threshold gradclip maxgradnorm cliplimit clipping "
        "maxgrad clipthreshold gradlimit clipat clipto maxvalue"
    ),
    "t": "t step it iteration iter niter timestep count globalstep nupdates updates i",
}
"""By the name that the formula has."""
HANDED = {
    "eta": 0.13,
    "beta1": 0.8,
    "beta2": 0.95,
    "epsilon": 1e-8,
    "mu": 0.7,
    "gamma": 0.85,
    "weight_decay": 0.01,
}
"""What is handed over, so that one is not taken for another."""


def hyper_called(name: str) -> str:
    """Which hyper-parameter a name means; "" if none.

    Examples
    --------
    >>> hyper_called("learning_rate"), hyper_called("max_norm"), hyper_called("hidden")
    ('eta', 'limit', '')
    """
    short = re.sub(r"[^a-z0-9]", "", name.lower())
    return next((hyper for hyper, names in NAMES.items() if short in names.split()), "")
