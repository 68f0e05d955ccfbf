"""A value as a notebook shows it: formula, shape, a small heat map, and its gradient."""

from __future__ import annotations

import html

import numpy as np

from teachrnn.array import Array
from teachrnn.formulas import Letter
from teachrnn.formulas.equation import forward_equation
from teachrnn.formulas.mathml import mathml
from teachrnn.op import Op, Value
from teachrnn.views.style.number import format_number
from teachrnn.views.style.palette import COLOURS

MOST = 12
"""Maximum number of rows and columns that are shown."""


def card(value: Value) -> str:
    """Self-contained HTML without scripts, which is kept when a notebook is exported."""
    formula = forward_equation(value) if isinstance(value, Op) else Letter(value.name)
    made_by = type(value).__name__ if isinstance(value, Op) else value.role
    d = value.grad
    gradient = (
        "<div><i>gradient: not yet</i></div>" if d is None else _heat(f"d{value.name}", d, "gradient")
    )
    return (
        '<div style="line-height:1.5">'
        f'<div style="font-size:1.15em">{mathml(formula)}</div>'
        f"<div><code>{html.escape(value.name)}</code> &#183; {html.escape(made_by)} "
        f"&#183; shape {html.escape(str(value.shape))}</div>"
        f"{_heat(value.name, value.data, 'value')}"
        f"{gradient if value.data.dtype.kind == 'f' else ''}</div>"
    )


def _heat(name: str, data: Array, kind: str) -> str:
    rows = data.reshape(-1, data.shape[-1]) if data.ndim else data.reshape(1, 1)
    largest = float(np.abs(rows[np.isfinite(rows)]).max(initial=0.0))
    lines = "".join(
        f"<tr>{''.join(_cell(x, largest, kind) for x in row[:MOST].tolist())}"
        f"{'<td>&#8230;</td>' if len(row) > MOST else ''}</tr>"
        for row in rows[:MOST]
    )
    more = f"<caption>&#8230; {len(rows) - MOST} more rows</caption>" if len(rows) > MOST else ""
    style = "display:inline-table;margin:.2em 1em .2em 0;border-collapse:separate;border-spacing:1px"
    return f'<table aria-label="{html.escape(name)}" style="{style}">{more}{lines}</table>'


def _cell(x: float, largest: float, kind: str) -> str:
    share = 0.0
    if largest > 0 and np.isfinite(x):
        share = float(np.sqrt(abs(x) / largest))
    colour = COLOURS[kind][0 if x < 0 else 1]
    background = f"color-mix(in srgb, {colour} {round(60 * share)}%, transparent)"
    return (
        f'<td style="background:{background};text-align:right;padding:.1em .4em;'
        f'font:12px monospace" title="{x!r}">{format_number(x)}</td>'
    )
