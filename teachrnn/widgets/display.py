"""How an app shows itself: live where a kernel can answer, as plain HTML everywhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from teachrnn.errors import DomainError

VARIABLE = "TEACHRNN_DISPLAY"
"""Environment variable: ``live``, which is the default, or ``static``: no widget, HTML alone."""

WIDGET = "application/vnd.jupyter.widget-view+json"


def static_display() -> bool:
    """Whether apps show HTML alone, as in a documentation that is being built.

    Raises
    ------
    DomainError
        If the variable says neither ``live`` nor ``static``.

    Examples
    --------
    >>> static_display()
    False
    """
    mode = os.environ.get(VARIABLE) or "live"
    if mode not in ("live", "static"):
        raise DomainError(f"{VARIABLE} is {mode!r} but must be 'live' or 'static'.")
    return mode == "static"


def mime_bundle(widget: Mapping[str, Any], *, html: str, plain: str) -> dict[str, str | Any]:
    """What a notebook keeps of an app: the live widget, and beside it what needs no kernel.

    A host takes the richest form that it can show: JupyterLab the widget, an exported page the HTML.

    Parameters
    ----------
    widget : mapping
        What the widget says of itself, by MIME type; left out where the display is static.
    html : str
        The same thing without a kernel.
    plain : str
        The same thing where there is no HTML either.
    """
    bundle: dict[str, Any] = {"text/plain": plain, "text/html": html}
    if not static_display() and WIDGET in widget:
        bundle[WIDGET] = widget[WIDGET]
    return bundle
