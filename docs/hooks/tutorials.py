"""Tutorials: each ``tutorials/*.py`` is executed, and becomes a page and a notebook to download.

The scripts, in jupytext's percent format, are the only source.
"""

from __future__ import annotations

from copy import deepcopy

import jupytext
from execution import ROOT, executed
from folded_answers import with_folded_answers
from mkdocs.structure.files import File
from notebook_markdown import as_markdown

DOWNLOAD = "[Download as a notebook]({name}.ipynb){{ download }}"


def on_files(files, config):
    for path in sorted((ROOT / "tutorials").glob("*.py")):
        source = jupytext.read(path)
        done = executed(deepcopy(source), path.stem)
        notebook = jupytext.writes(with_folded_answers(source, done), fmt="ipynb")
        heading, _, rest = as_markdown(done).partition("\n")
        page = f"{heading}\n\n{DOWNLOAD.format(name=path.stem)}\n{rest}"
        files.append(File.generated(config, f"tutorials/{path.stem}.md", content=page))
        files.append(File.generated(config, f"tutorials/{path.stem}.ipynb", content=notebook))
    return files
