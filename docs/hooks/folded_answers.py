"""A notebook to download, whose answers stay folded, whatever is run.

A cell that is executed shows its output, even if the notebook says that it is hidden. So in the
notebook an answer is text, which the reader can unfold.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import nbformat
from nbformat import NotebookNode
from notebook_markdown import ANSWER


def with_folded_answers(notebook: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """The notebook with each answer as one cell of text, including what it prints."""
    folded = nbformat.v4.new_notebook(metadata=notebook.metadata)
    pairs = zip(notebook.cells, executed.cells, strict=True)
    for answer, group in groupby(pairs, key=lambda pair: ANSWER in pair[0].metadata.get("tags", ())):
        if answer:
            cell = nbformat.v4.new_markdown_cell(_folded(done for _, done in group))
            folded.cells.append(cell)
        else:
            folded.cells.extend(cell for cell, _ in group)
    return folded


def _folded(cells: Iterable[NotebookNode]) -> str:
    parts = ["<details>\n<summary>Answer</summary>"]
    for cell in cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        printed = "".join(_words(output) for output in cell.outputs).rstrip("\n")
        if printed:
            parts.append(f"It prints\n\n```text\n{printed}\n```")
    return "\n\n".join([*parts, "</details>"])


def _words(output: NotebookNode) -> str:
    return output.text if output.output_type == "stream" else output.data["text/plain"] + "\n"
