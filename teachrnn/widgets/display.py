"""How an app shows itself: live where a kernel can answer, as plain HTML everywhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from teachrnn.errors import DomainError

VARIABLE = "TEACHRNN_DISPLAY"
"""Environment variable: ``live``, which is the default, or ``static``: no widget, HTML alone."""

WIDGET = "application/vnd.jupyter.widget-view+json"

STATIC = "data-teachrnn-static"
"""Attribute of a static form: the model of the live one whose place it takes."""

STYLE = f"""\
<style>
[{STATIC}] {{ animation: teachrnn-wait 1s step-end; }}
[{STATIC}] > .teachrnn-untrusted {{ display: none; }}
@keyframes teachrnn-wait {{ from {{ display: none; }} }}
.jp-OutputArea-child:has(+ * [{STATIC}]) > .jp-OutputArea-output:not(:has(*)) {{ display: none; }}
</style>"""
"""A live form has a second to appear before the static one is shown, so that nothing flickers. Where
none appears, JupyterLab's complaint about it, an output that is mere text, is of no use to a reader."""

UNTRUSTED = (
    '<p class="teachrnn-untrusted">Pictures and steppers are left out of a notebook that is not '
    "trusted: choose <i>Trust Notebook</i> to see them, or run the cell again.</p>"
)
"""Seen where a notebook's host takes the style away, and with it everything else but text."""


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


def hiding(model_id: str) -> str:
    """The style by which a live form, once it is in the page, hides its static one.

    Examples
    --------
    >>> hiding("5f3a")
    '[data-teachrnn-static="5f3a"] { display: none; }'
    """
    return f'[{STATIC}="{model_id}"] {{ display: none; }}'


def show(widget: Any, static: Mapping[str, str]) -> None:
    """Show an app in a notebook: the live widget, and in an output of its own what needs no kernel.

    In one output they would not do: a host takes the richest form that it knows, and keeps to it where
    there is no kernel, or no network, to bring it to life. JupyterLab then says "model not found", and
    a page of nbconvert stays empty.

    Parameters
    ----------
    widget : anywidget.AnyWidget
        The live form, which brings the style `hiding` into the page.
    static : mapping
        The form without a kernel, by MIME type: ``text/html`` and ``text/plain``.
    """
    from IPython.display import display

    if static_display():
        display(dict(static), raw=True)
        return
    live = {WIDGET: widget.get_view_spec(), "text/html": ""}  # nbconvert warns where it can show nothing
    display(live, raw=True)
    display(_kept(widget, static), raw=True, display_id=widget.model_id)


def renew(widget: Any, static: Mapping[str, str]) -> None:
    """Replace the static form of an app that was shown, so that what is saved is what was seen last."""
    from IPython.display import update_display

    update_display(_kept(widget, static), raw=True, display_id=widget.model_id)


def _kept(widget: Any, static: Mapping[str, str]) -> dict[str, str]:
    form = f'<div {STATIC}="{widget.model_id}">{STYLE}\n{UNTRUSTED}\n{static["text/html"]}</div>'
    return {**static, "text/html": form}
