"""Run a notebook. Results are cached until its text or the library changes."""

from __future__ import annotations

import hashlib
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

log = get_plugin_logger("execution")


def executed(notebook: NotebookNode, name: str) -> NotebookNode:
    """The notebook with its outputs: from the cache, or run."""
    kept = CACHE / f"{name}-{_key(notebook)}.ipynb"
    if kept.exists():
        return nbformat.read(kept, as_version=4)
    log.info("executing %s", name)
    run(notebook, name)
    kept.parent.mkdir(parents=True, exist_ok=True)
    for outdated in CACHE.glob(f"{name}-{'?' * 16}.ipynb"):
        outdated.unlink(missing_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    nbformat.write(notebook, unfinished)
    unfinished.replace(kept)
    return notebook


def run(notebook: NotebookNode, name: str) -> None:
    """Execute the cells and put their outputs into the notebook.

    Raises
    ------
    CellExecutionError
        If a cell fails.
    RuntimeError
        If a cell writes to stderr: a warning in a page is a mistake in the page.
    """
    # The interpreter that builds the docs, whatever other kernels are installed.
    kernel = AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    client = NotebookClient(
        notebook,
        km=kernel,
        timeout=300,
        store_widget_state=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(ROOT)}},
    )
    # A page has no kernel: apps show their static form.
    client.execute(cleanup_kc=True, env={**os.environ, "TEACHRNN_DISPLAY": "static"})
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "stream" and output.name == "stderr":
                raise RuntimeError(f"{name}: a cell wrote to stderr:\n{cell.source}\n{output.text}")


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
        shown = cell.metadata.get("tags"), cell.metadata.get("title")
        yield f"{cell.cell_type} {shown} {cell.source}"
    library = Path(teachrnn.__file__).parent
    for path in sorted(library.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{path.relative_to(library)} {path.read_bytes().hex()}"
