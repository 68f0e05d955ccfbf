"""The house style, and a matplotlib Figure that keeps to it wherever it is drawn.

The only module that imports matplotlib when it is imported; `new_figure` imports it when needed.
"""

from __future__ import annotations

import inspect
from contextlib import AbstractContextManager
from pathlib import PurePath
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from teachrnn.views.style.palette import INK

NOT_STYLE = (
    "backend",
    "date.",
    "docstring.",
    "interactive",
    "keymap.",
    "savefig.",
    "svg.",
    "timezone",
    "toolbar",
    "tk.",
    "webagg.",
)
"""Settings of how a figure is output, which remain the user's."""

HOUSE = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib; wide, so that other fonts fit in its place
    "font.size": 9.0,
    "axes.labelsize": 9.0,
    "axes.titlesize": 9.0,
    "axes.titlelocation": "left",
    "axes.edgecolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.formatter.use_mathtext": False,  # ticks as mathematics would take half the drawing time
    "grid.alpha": 0.3,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "lines.markersize": 4,
    "mathtext.fontset": "dejavusans",
    "pdf.fonttype": 42,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
}


def house_style() -> AbstractContextManager[None]:
    """Matplotlib's defaults, overridden by the house style, for as long as the context lasts."""
    plain = {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith(NOT_STYLE)}
    return mpl.rc_context(plain | HOUSE)


class HouseFigure(Figure):  # type: ignore[misc, unused-ignore]
    """A Figure that is always drawn in the house style, saves without a date, and shows its table."""

    def draw(self, renderer: Any) -> None:
        """Draw; what matplotlib makes only at this point (ticks) is in the house style too.

        To save a figure, matplotlib draws it first by a renderer whose methods do nothing, for the
        layout, which takes as long as to draw it: then it is laid out, and no more.
        """
        with house_style():
            layout = self.get_layout_engine()
            if layout is not None and not inspect.ismethod(renderer.draw_text):
                layout.execute(self)
            else:
                super().draw(renderer)

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save; the same figure always gives the same bytes."""
        kind = options.get("format") or (
            PurePath(fname).suffix[1:] if isinstance(fname, str | PurePath) else ""
        )
        undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind.lower(), {})
        options["metadata"] = {**undated, **(options.get("metadata") or {})}
        with house_style(), mpl.rc_context({"svg.hashsalt": mpl.rcParams["svg.hashsalt"] or "teachrnn"}):
            super().savefig(fname, **options)

    def _repr_html_(self) -> str:
        """The figure as a notebook shows it: in the page's text colour, with its table below."""
        from teachrnn.views.figures.parts.figure_html import figure_html

        return figure_html(self)
