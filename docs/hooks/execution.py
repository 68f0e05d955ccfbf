"""Run a notebook and write it as Markdown. Results are kept, until the text or the library changes."""

from __future__ import annotations

import hashlib
import html
import os
import platform
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from mkdocs.plugins import get_plugin_logger
from nbclient import NotebookClient
from nbformat import NotebookNode

import teachrnn

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "executed"
ANSWER = "answer"
"""Tag of cells that stay folded until the reader asks for them."""

log = get_plugin_logger("execution")


def executed(notebook: NotebookNode, name: str) -> NotebookNode:
    """The notebook with its outputs.

    Raises
    ------
    CellExecutionError
        If a cell fails.
    RuntimeError
        If a cell writes to stderr: a warning in a page is a mistake in the page.
    """
    kept = CACHE / f"{name}-{_key(notebook)}.ipynb"
    if kept.exists():
        return nbformat.read(kept, as_version=4)
    log.info("executing %s", name)
    # The interpreter that builds the docs, whatever other kernels its user has installed.
    kernel = AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    where = {"metadata": {"path": str(ROOT)}}
    NotebookClient(notebook, km=kernel, timeout=300, store_widget_state=False, resources=where).execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "stream" and output.name == "stderr":
                raise RuntimeError(f"{name}: a cell wrote to stderr:\n{cell.source}\n{output.text}")
    kept.parent.mkdir(parents=True, exist_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    nbformat.write(notebook, unfinished)
    unfinished.replace(kept)
    return notebook


def as_markdown(notebook: NotebookNode) -> str:
    """Cells in order: prose as it is, code and outputs as blocks, answers folded."""
    parts: list[str] = []
    open_answer = False
    for cell in notebook.cells:
        answer = ANSWER in cell.metadata.get("tags", ())
        if answer and not open_answer:
            parts.append('<details class="answer" markdown="1">\n<summary>Answer</summary>')
        if open_answer and not answer:
            parts.append("</details>")
        open_answer = answer
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.source.strip():
            parts.append(f"```python\n{cell.source}\n```")
            parts.extend(_output(output) for output in cell.outputs)
    if open_answer:
        parts.append("</details>")
    return "\n\n".join(parts) + "\n"


def _output(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return _text(output.text)
    data = output.data
    if "text/html" in data:
        lines = "\n".join(line for line in data["text/html"].splitlines() if line.strip())
        return f'<div class="output">\n{lines}\n</div>'
    if "image/svg+xml" in data:
        return f'<div class="output">{"".join(data["image/svg+xml"].splitlines())}</div>'
    if "image/png" in data:
        return f'<img class="output" alt="" src="data:image/png;base64,{data["image/png"].strip()}">'
    return _text(data["text/plain"])


def _text(text: str) -> str:
    """Not a fenced block, which would get a copy button; a blank line would end the HTML block."""
    lines = html.escape(text.rstrip("\n")).replace("\n\n", "\n&#8203;\n")
    return f'<pre class="output">{lines}</pre>'


def _key(notebook: NotebookNode) -> str:
    """Changes with the cells, with the library's source, with Python and NumPy."""
    digest = hashlib.sha256()
    for part in _ingredients(notebook):
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:16]


def _ingredients(notebook: NotebookNode) -> Iterator[str]:
    yield platform.python_version()
    yield numpy.__version__
    for cell in notebook.cells:
        yield f"{cell.cell_type} {cell.metadata.get('tags')} {cell.source}"
    library = Path(teachrnn.__file__).parent
    for path in sorted(library.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{path.relative_to(library)} {path.read_bytes().hex()}"
