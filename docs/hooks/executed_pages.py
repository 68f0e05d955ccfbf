"""Pages with ``execute: true`` on top: their Python blocks are run, and what they print is shown."""

from __future__ import annotations

import jupytext
from execution import as_markdown, executed


def on_page_markdown(markdown, page, config, files):
    if not page.meta.get("execute"):
        return markdown
    return as_markdown(executed(jupytext.reads(markdown, fmt="md"), page.file.name))
