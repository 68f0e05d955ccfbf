"""The live form of a notebook app: its controls and its picture, drawn in the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from teachrnn.errors import TeachrnnError
from teachrnn.extras import require
from teachrnn.views.style.palette import palette_style
from teachrnn.widgets.control import Adjustable, Button, Control

require("anywidget", extra="widgets", purpose="A notebook app")
import anywidget  # noqa: E402  (after the check that says how to install it)
import traitlets  # noqa: E402

HERE = files("teachrnn.widgets")


class LiveApp(anywidget.AnyWidget):
    """Shows controls and what they select; it holds no state of its own.

    Parameters
    ----------
    title : str
        The name of the app.
    controls : mapping of str to Control
        They are set, or pressed, when a reader does so.
    refused : callable
        Is told, in words, if what a reader sets cannot be taken.
    """

    _esm = (HERE / "app.js").read_text("utf-8")
    _css = palette_style(".trnn-app") + (HERE / "app.css").read_text("utf-8")

    title = traitlets.Unicode().tag(sync=True)
    controls = traitlets.Dict().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    picture = traitlets.Unicode().tag(sync=True)
    notes = traitlets.Unicode().tag(sync=True)
    hiding = traitlets.Unicode().tag(sync=True)
    asked = traitlets.Dict().tag(sync=True)
    """What a reader does: the name of a control, its value, and a count that makes each one new."""

    def __init__(
        self, title: str, controls: Mapping[str, Control], refused: Callable[[str], object]
    ) -> None:
        super().__init__(title=title, controls=seen(controls))
        self._mine, self._refused = controls, refused
        self.observe(lambda change: self._take(change.new), names="asked")

    def renew(self) -> None:
        """Show what the controls are now."""
        self.controls = seen(self._mine)

    def _take(self, asked: Mapping[str, Any]) -> None:
        control = self._mine.get(str(asked.get("name")))
        try:
            match control:
                case Button():
                    control.click()
                case Adjustable():
                    control.value = asked.get("value")
        except (TeachrnnError, TypeError, ValueError) as error:
            self._refused(str(error))


def seen(controls: Mapping[str, Control]) -> dict[str, dict[str, Any]]:
    """What the page is told about the controls.

    Examples
    --------
    >>> from teachrnn.widgets.control import Tick
    >>> seen({"adam": Tick("Adam", "Whether it is shown.", True)})["adam"]["value"]
    True
    """
    return {name: control.seen() for name, control in controls.items()}
