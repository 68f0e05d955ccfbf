"""A graded class as one page, for the instructor and for the discussion."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from markupsafe import Markup

from teachrnn.grading.class_table import ClassTable
from teachrnn.views.style.legible import legible
from teachrnn.views.style.palette import palette_style


def class_page(table: ClassTable) -> str:
    """A page with the mistakes of a class, one small case each, and the table of the points.

    The mistakes name nobody: that part can be shown to the class. No script; its policy forbids to load
    or send anything, and whatever a submission printed or is called stays text.

    Parameters
    ----------
    table : ClassTable
        The results.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> class_page(ClassTable(["bptt"], [])).startswith("<!doctype html>")
    True
    """
    import jinja2

    sheet = (files("teachrnn.report") / "page" / "report.css").read_text("utf-8")
    own = files("teachrnn.grading") / "page"
    style = palette_style(":root") + sheet + (own / "class.css").read_text("utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["legible"] = legible
    template = environment.from_string((own / "class.html").read_text("utf-8"))
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode()
    mistakes = table.mistakes()
    by_exercise = {n: [made for made in mistakes if made.exercise == n] for n in table.exercises}
    return template.render(
        table=table, rows=table.rows, mistakes=by_exercise, style=Markup(style), hash=f"sha256-{digest}"
    )
