"""What every notebook app consists of: controls, the figure that they select, and its table."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from teachrnn.errors import DomainError, TeachrnnError
from teachrnn.extras import require
from teachrnn.part import Part
from teachrnn.registry import Registry
from teachrnn.views.figures.parts.figure_html import figure_html
from teachrnn.views.figures.parts.figure_table import table_of
from teachrnn.views.figures.parts.table import Table
from teachrnn.views.style.number import format_number
from teachrnn.widgets import display
from teachrnn.widgets.control import Adjustable, Control
from teachrnn.widgets.debounced import Debounced

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from teachrnn.widgets.live_app import LiveApp

APPS = Registry["type[App]"]("notebook app")
"""Every app, by its name: filled by defining subclasses of `App`."""

STILL = (
    "This is a picture of the app. Its controls work in Jupyter and in marimo while the kernel "
    'runs; elsewhere, set <code>app.controls["…"].value</code> and show the app again.'
)
"""The note on the static form, for when there is no kernel."""

QUIET = 0.12
"""Seconds without a change before the figure is drawn again."""


class App(Part, registry=APPS):
    """Base of every notebook app: a thin shell around one figure.

    A subclass has a ``name`` and a ``title``, makes its controls (`Slider`, `Menu`, ...) and passes
    them to this class, and returns from `draw` the figure that they select. It computes nothing itself.
    Defining it registers it in `APPS`.

    The last expression of a cell shows the app: live where a kernel of Jupyter or marimo answers; as
    picture and table, without any script, in a notebook that is exported or opened again, or where
    ``TEACHRNN_DISPLAY`` is ``static``. A user's mistake is shown in the app as a sentence,
    above the last good picture.

    Parameters
    ----------
    controls : mapping of str to Control
        Sliders, buttons and so on, by a name of one word.

    Attributes
    ----------
    controls : dict
        ``app.controls["T"].value = 12`` does what moving the slider does.
    message : str
        What is wrong with the current controls; empty if nothing is.

    Raises
    ------
    MissingExtraError
        If anywidget or matplotlib is not installed.
    """

    title: ClassVar[str]

    def __init__(self, controls: Mapping[str, Control]) -> None:
        require("anywidget", extra="widgets", purpose="A notebook app")
        self.controls: dict[str, Any] = dict(controls)
        self.message = self._refused = ""
        self._figure: Figure | None = None
        self._pictured: tuple[Figure | None, str] = None, ""
        self._redraw = Debounced(self.show, QUIET)
        self._live: LiveApp | None = None
        self._displayed = False
        for control in self.controls.values():
            if isinstance(control, Adjustable):
                control.changed = self._redraw
        self.show()

    @classmethod
    def example(cls) -> Self:
        """A small one, for the gallery and the tests.

        Returns
        -------
        App
            The app, ready to be shown.
        """
        raise NotImplementedError

    def draw(self) -> Figure:
        """The figure that the controls select.

        Returns
        -------
        Figure
            The figure, with its table.
        """
        raise NotImplementedError

    def notes(self) -> str:
        """What stands below the figure, as HTML.

        Returns
        -------
        str
            Text; may be empty.
        """
        return ""

    def show(self) -> None:
        """Draw what the controls select, or show why that is impossible."""
        self._refused = ""
        try:
            self._figure, self.message = self.draw(), ""
        except TeachrnnError as error:
            self.message = str(error)
        self._paint()

    @property
    def widget(self) -> LiveApp:
        """The live app, to be shown or put beside others: from now on it is kept up to date."""
        if self._live is None:
            from teachrnn.widgets.live_app import LiveApp

            self._live = LiveApp(self.title, self.controls, self._refuse)
            self._live.hiding = display.hiding(self._live.model_id)
            self._paint()
        return self._live

    @property
    def figure(self) -> Figure:
        """The picture for the current controls, or the last good one.

        Raises
        ------
        DomainError
            If there has been none.
        """
        self._redraw.flush()
        if self._figure is None:
            raise DomainError(f"{self.title}: there is nothing to show yet. {self.message}")
        return self._figure

    @property
    def table(self) -> Table:
        """The figure as a table."""
        return table_of(self.figure)

    def html(self) -> str:
        """The app without a kernel: what it is set to, the picture, the table; no script.

        Returns
        -------
        str
            HTML that needs neither a kernel nor a script.
        """
        set_to = ", ".join(
            f"{control.description}: {_written(control.value)}"
            for control in self.controls.values()
            if isinstance(control, Adjustable)
        )
        self._redraw.flush()
        picture = "" if self._figure is None else self._figure_html() + self.notes()
        return (
            f'<section aria-label="{html.escape(self.title)}"><p><b>{html.escape(self.title)}</b><br>'
            f"{html.escape(set_to)}</p><p>{STILL}</p>{self._alert()}{picture}</section>"
        )

    def _refuse(self, message: str) -> None:
        """Say that what a reader has set cannot be taken: all is as before."""
        self._refused = message
        self._paint()

    def _paint(self) -> None:
        """Bring both forms up to date; where an error stands, the last good picture stays."""
        if self._live is None:
            return
        with self._live.hold_sync():
            self._live.renew()
            self._live.said = self._alert()
            if self._figure is not None and not self.message:
                self._live.picture, self._live.notes = self._figure_html(), self.notes()
        if self._displayed:
            display.renew(self._live, self._repr_mimebundle_())

    def _figure_html(self) -> str:
        """The picture, made once for both forms."""
        if self._figure is not None and self._pictured[0] is not self._figure:
            self._pictured = self._figure, figure_html(self._figure)
        return self._pictured[1]

    def _alert(self) -> str:
        words = self.message or self._refused
        return f'<p role="alert">{html.escape(words)}</p>' if words else ""

    def _ipython_display_(self) -> None:
        """The live app, and for when there is no kernel any more, its picture."""
        display.show(self.widget, self._repr_mimebundle_())
        self._displayed = not display.static_display()

    def _display_(self) -> Any:
        """The live app in marimo, which asks for it by this name."""
        return self.widget

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Picture and text, for a host without live apps."""
        words = self.message if self._figure is None else self.table.text()
        return {"text/html": self.html(), "text/plain": f"{self.title}\n{words}"}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format_number(value) if isinstance(value, int | float) else str(value)
