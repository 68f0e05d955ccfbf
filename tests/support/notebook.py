"""Notebook applications, as their users run them: JupyterLab with Notebook 7, and marimo."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from browser import LOCAL, SETTLED, new_context
from needs import need
from patience import PATIENCE

READY = """() => Promise.race([
    (async () => {
        await jupyterapp.restored;
        const panel = jupyterapp.shell.currentWidget;
        await panel.context.ready;
        await panel.sessionContext.ready;
        await panel.sessionContext.session.kernel.info;
        return panel.content.widgets.length;
    })(),
    new Promise((_, late) => setTimeout(() => late(new Error("no kernel")), LONGEST)),
])""".replace("LONGEST", str(1000 * PATIENCE))
"""The application waits for a kernel forever; a test must not."""

RUN = """cell => Promise.race([
    (async () => {
        const notebook = jupyterapp.shell.currentWidget.content;
        notebook.activeCellIndex = cell;
        notebook.deselectAll();
        await jupyterapp.commands.execute("notebook:run-cell");
        return notebook.widgets[cell].model.outputs.toJSON();
    })(),
    new Promise((_, late) => setTimeout(() => late(new Error("the cell does not end")), LONGEST)),
])""".replace("LONGEST", str(1000 * PATIENCE))


LAB = "import sys; sys.modules['rfc3987_syntax'] = None; from jupyterlab.labapp import main; main()"
"""JupyterLab without the grammars of addresses (see conftest.py), which take half the server's start."""


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """A running Jupyter server with JupyterLab and Notebook 7: its address and its folder."""
    need("jupyterlab", "notebook", "ipykernel", "anywidget")
    root = tmp_path_factory.mktemp("jupyter")
    config = {name: str(root / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    env = {
        **os.environ,
        **{f"JUPYTER_{name}_DIR": folder for name, folder in config.items()},
        "IPYTHONDIR": str(root / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(root / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(root / "workspaces"),
    }
    save_json(
        root / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings",
        {"fetchNews": "false", "checkForUpdates": False},
    )
    save_json(
        root / "data/kernels/python3/kernel.json",
        {
            "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Python 3",
            "language": "python",
        },
    )
    port = free_port()
    command = [
        *(sys.executable, "-c", LAB, "--no-browser", "--allow-root", f"--port={port}"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"),
        *("--IdentityProvider.token=t", "--LabApp.news_url="),
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *("--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True"),
    ]
    address = f"http://127.0.0.1:{port}"
    with running(command, until=f"{address}/api?token=t", log=root / "server.log", env=env):
        yield address, root


@contextmanager
def running(
    command: Sequence[str], *, until: str, log: Path, env: dict[str, str] | None = None
) -> Iterator[None]:
    """A server that answers at the address ``until``; it is ended with all its child processes."""
    with log.open("w") as out:
        server = subprocess.Popen(command, env=env, stdout=out, stderr=out)
    try:
        started = time.monotonic()
        while not answers(until):
            if server.poll() is not None or time.monotonic() - started > PATIENCE:
                pytest.fail(f"{command[1:3]} did not start:\n{log.read_text()}")
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE):
            return True
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def save_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), "utf-8")


def notebook_of(cells: Sequence[str]) -> nbformat.NotebookNode:
    """A notebook that has not been executed yet."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    return nbformat.v4.new_notebook(cells=code, metadata={"kernelspec": kernel})


def displayed(thing: object) -> list[dict]:
    """The outputs with which a notebook shows a thing, in order."""
    with mock.patch("IPython.display.display") as display:
        thing._ipython_display_()
    assert all(call.kwargs["raw"] for call in display.call_args_list)
    return [call.args[0] for call in display.call_args_list]


class Notebook:
    """An open notebook: its cells are run by the application's own command, not by clicks.

    Parameters
    ----------
    page : playwright.sync_api.Page
        The page in which it is opened.
    jupyter : (str, Path)
        The server's address and folder.
    app : {"lab", "notebook"}
        Which of the two applications.
    cells : sequence of str
        Their code.
    """

    def __init__(self, page, jupyter: tuple[str, Path], app: str, cells: Sequence[str]) -> None:
        address, root = jupyter
        self.page = page
        nbformat.write(notebook_of(cells), root / f"{app}.ipynb")
        place = {"lab": f"lab/tree/{app}.ipynb?reset&", "notebook": f"notebooks/{app}.ipynb?"}[app]
        page.goto(f"{address}/{place}token=t")
        page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context")
        assert page.evaluate(READY) == len(cells)

    def run(self, cell: int) -> list[dict]:
        """Run a cell to its end, and return its outputs."""
        return self.page.evaluate(RUN, cell)

    def printed(self, cell: int) -> str:
        """What a cell prints when it is run."""
        outputs = self.run(cell)
        return "".join("".join(o["text"]) for o in outputs if o["output_type"] == "stream")

    def reopen(self) -> None:
        """Save, end the kernel, and open the notebook as it was saved."""
        for command in ("docmanager:save", "notebook:shutdown-kernel"):
            self.page.evaluate("command => jupyterapp.commands.execute(command)", command)
        self.page.reload()
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context")

    def wear(self, theme: str) -> None:
        """Change the application's theme, and wait until it is there."""
        self.page.evaluate(
            "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme
        )
        self.page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
        self.page.evaluate(SETTLED)  # colours fade over


@pytest.fixture
def host_page(chromium):
    """An empty page for a third-party application, whose own warnings and errors are ignored."""
    outside: list[str] = []
    complaints: list[str] = []

    def gate(route):
        if route.request.url.startswith(LOCAL):
            route.fallback()
        else:
            outside.append(route.request.url)
            route.abort()

    def heard(message):
        if message.type in {"error", "warning"} and is_ours(f"{message.text} {message.location}"):
            complaints.append(message.text)

    context = new_context(chromium, viewport={"width": 1280, "height": 900})
    context.route("**/*", gate)
    page = context.new_page()
    page.on("console", heard)
    page.on("pageerror", lambda e: complaints.append(str(e)) if is_ours(e.stack or str(e)) else None)
    yield page
    context.close()
    assert not outside, f"requests to other machines: {outside}"
    assert not complaints, f"warnings or errors of the stepper: {complaints}"


def is_ours(trouble: str) -> bool:
    """Whether an error comes from a widget, whose module is loaded from a blob or inline in the page."""
    return any(sign in trouble for sign in ("blob:", "teachrnn", "trnn"))
