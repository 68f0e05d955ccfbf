"""Pages with ``execute: true`` at the top: their Python blocks are run, and their output is shown."""

from __future__ import annotations

import jupytext
from execution import executed
from notebook_markdown import as_markdown


def on_page_markdown(markdown, page, config, files):
    if not page.meta.get("execute"):
        return markdown
    name = page.file.src_uri.removesuffix(".md").replace("/", "-")
    return as_markdown(executed(jupytext.reads(markdown, fmt="md"), name))
