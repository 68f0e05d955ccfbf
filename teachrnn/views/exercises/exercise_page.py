"""Exercises on a page of their own: to hand out, or as slides in large type."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Sequence
from pathlib import Path

from teachrnn.exercises import Exercise
from teachrnn.files import write_atomically
from teachrnn.views.exercises.exercise_html import (
    exercise_html,
    exercise_script,
    exercise_style,
)
from teachrnn.views.style.mathematical_font import font_subset
from teachrnn.views.style.palette import PAGE

FONT = """\
@font-face {{ font-family: "STIX Two Math"; src: url("data:font/woff;base64,{}") format("woff"); }}
math {{ font-family: "STIX Two Math", math; font-size: 1.12em; }}
"""
PAGE_STYLE = f"""\
:root {{ color-scheme: light dark; }}
body {{ margin: 0 auto; padding: 1rem; max-width: 50rem; background: {PAGE["sheet"].css};
  color: {PAGE["ink"].css}; font: 16px/1.5 system-ui, sans-serif; }}
h1, h2 {{ font-weight: 600; }}
"""
SLIDE_STYLE = """\
body { max-width: none; padding: 0; font-size: clamp(20px, 2.6vw, 40px); }
article { box-sizing: border-box; min-height: 100vh; padding: 5vh 6vw; break-after: page; }
article .trnn-exercise { max-width: none; }
article .trnn-exercise pre { font-size: 0.75em; }
article .about-it { font-size: 0.6em; }
"""


def exercise_page(exercises: Sequence[Exercise], *, slides: bool = False) -> str:
    """A complete page with exercises; an order or a prediction is answered in it.

    Parameters
    ----------
    exercises : sequence of Exercise
        What it holds, in order.
    slides : bool
        Whether each fills a screen, in large type, without hints.

    Returns
    -------
    str
        HTML. Its policy forbids the browser to load or send anything.

    Examples
    --------
    >>> exercise_page([Exercise.find("bptt-order")]).startswith("<!doctype html>")
    True
    """
    script = f"{exercise_script().replace('export default', 'const unused =')}\nstart();\n"
    title = exercises[0].title if len(exercises) == 1 else "Exercises"
    level = 1 if len(exercises) == 1 or slides else 2
    heading = "" if level == 1 else f"<h1>{html.escape(title)}</h1>"
    articles = "\n".join(
        f'<article id="{one.name}"><h{level}>{html.escape(one.title)}</h{level}>\n'
        f"{exercise_html(one, alone=slides)}</article>"
        for one in exercises
    )
    font = base64.b64encode(font_subset([articles])).decode()
    style = FONT.format(font) + PAGE_STYLE + exercise_style() + (SLIDE_STYLE if slides else "")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"script-src '{_hash(script)}'; style-src '{_hash(style)}'; font-src data:; base-uri 'none'; "
        "form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{html.escape(title)}</title>\n<style>{style}</style></head>\n"
        f'<body><main>{heading}\n{articles}\n</main>\n<script type="module">{script}</script>'
        "</body></html>\n"
    )


def save_exercise_page(exercises: Sequence[Exercise], path: str | Path, *, slides: bool = False) -> Path:
    """Write `exercise_page` to a file.

    Parameters
    ----------
    exercises : sequence of Exercise
        What it holds.
    path : str or Path
        The file.
    slides : bool
        Whether each fills a screen.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileFormatError
        If it cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_exercise_page(Exercise.all(), Path(folder, "exercises.html")).name
    'exercises.html'
    """
    return write_atomically(Path(path), exercise_page(exercises, slides=slides).encode("utf-8"))


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode()}"
