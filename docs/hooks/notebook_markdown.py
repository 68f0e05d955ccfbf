"""An executed notebook as Markdown: prose as it is, code and outputs as blocks, answers folded."""

from __future__ import annotations

import html
import re

from held_back import held_back
from nbformat import NotebookNode

ANSWER = "answer"
"""Tag of cells that stay folded until the reader asks for them."""
HIDDEN = "hidden"
"""Tag of cells that show their output but not their code."""


def as_markdown(notebook: NotebookNode) -> str:
    """Cells in order: prose as it is, code and outputs as blocks, answers folded."""
    parts: list[str] = []
    open_answer = False
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", ())
        answer = ANSWER in tags
        if answer and not open_answer:
            parts.append('<details class="answer" markdown="1">\n<summary>Answer</summary>')
        if open_answer and not answer:
            parts.append("</details>")
        open_answer = answer
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.source.strip():
            if HIDDEN not in tags:
                parts.append(f"```python{_title(cell)}\n{cell.source}\n```")
            parts.extend(_output(output) for output in cell.outputs)
    if open_answer:
        parts.append("</details>")
    return "\n\n".join(parts) + "\n"


def _title(cell: NotebookNode) -> str:
    """The name of the file that the reader should write, if the block has one."""
    name = cell.metadata.get("title")
    return f' title="{name}"' if name else ""


def _output(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return _text(output.text)
    data = output.data
    if "text/html" in data:
        return held_back(f'<div class="output">\n{data["text/html"]}\n</div>')
    if "image/svg+xml" in data:
        return held_back(f'<div class="output">{data["image/svg+xml"]}</div>')
    if "image/png" in data:
        return f'<img class="output" alt="" src="data:image/png;base64,{data["image/png"].strip()}">'
    return _text(data["text/plain"])


def _text(text: str) -> str:
    """As HTML, because a fenced block would get a copy button; a blank line would end the HTML block."""
    lines = re.sub(r"\n(?=\n)", "\n&#8203;", html.escape(text.rstrip("\n")))
    return f'<pre class="output">{lines}</pre>'
