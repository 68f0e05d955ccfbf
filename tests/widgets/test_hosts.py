"""The stepper in each host: synchronised if there is a kernel, without requests to other machines."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from axe import violations
from browser import SETTLED, served
from notebook import (  # noqa: F401  (fixtures)
    Notebook,
    free_port,
    host_page,
    jupyter,
    need,
    notebook_of,
    running,
)
from patience import PATIENCE
from playwright.sync_api import expect
from steps import at_step

from teachrnn.runs import small_network
from teachrnn.views.page.standalone import story_page
from teachrnn.views.story.introduction import introduction
from teachrnn.widgets.app import STILL

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
CELLS = [
    'from teachrnn.widgets import Stepper\nw = Stepper.of("hello", hidden=3)\nw.level = "operations"\nw',
    "print(w.step)",
    "w.step = 3",
    "w",
    "w.close()",
    "from teachrnn.widgets import GradientFlow\nflow = GradientFlow.example()\nflow",
    'flow.controls["T"].value = 7',
]
INK = "element => parseInt(getComputedStyle(element).color.match(/\\d+/)[0])"
"""The red component of the text colour: high on a dark background, low on a light one."""
STILL = re.sub("<.*?>", "", STILL)
HOSTILE = "</script><img src=x onerror=document.title='gone'>"


def press(stepper, name="Next step"):
    stepper.get_by_role("button", name=name, exact=True).click()


def fonts(page):
    loaded = (
        "document.fonts.ready.then(() => [...document.fonts].filter(f => f.family === 'TeachrnnMath'))"
    )
    return page.evaluate(f"{loaded}.then(all => all.map(f => f.status))")


def shared_stepper(page, notebook):
    """The first cell's stepper, after Python and the page have moved it."""
    notebook.run(0)
    stepper = page.locator(".trnn").first
    at_step(stepper, 1)
    press(stepper)
    assert notebook.printed(1) == "1\n"
    notebook.run(2)
    at_step(stepper, 4)
    assert fonts(page) == ["loaded"]

    stepper.get_by_role("button", name="Next step", exact=True).focus()
    for key in ("x", "ArrowRight", "d", "d"):  # without the stepper's care two cells would be gone
        page.keyboard.press(key)
    at_step(stepper, 5)
    assert page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") == len(CELLS)

    box = stepper.get_by_label("Go to a time step")
    box.fill("h[1]")
    box.press("Enter")  # which JupyterLab keeps from forms
    at_step(stepper, 4)
    page.keyboard.press("ArrowRight")
    at_step(stepper, 5)
    return stepper


@pytest.mark.ci
def test_stepper_is_shared_between_python_and_the_page_in_notebook_7(jupyter, host_page):  # noqa: F811
    shared_stepper(host_page, Notebook(host_page, jupyter, "notebook", CELLS))


@pytest.mark.ci
def test_steppers_and_apps_work_in_jupyterlab_and_are_kept_with_the_notebook(jupyter, host_page):  # noqa: F811
    notebook = Notebook(host_page, jupyter, "lab", CELLS)
    stepper = shared_stepper(host_page, notebook)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        notebook.wear(theme)
        assert (stepper.evaluate(INK) > 200) == ("Dark" in theme)
        assert violations(host_page, stepper) == []

    notebook.run(3)
    both = host_page.locator(".trnn")
    expect(both).to_have_count(2)
    press(both.nth(1))
    for view in (both.nth(0), both.nth(1)):
        at_step(view, 6)
    assert len(fonts(host_page)) == 1
    notebook.run(4)
    expect(both).to_have_count(0)

    notebook.run(0)
    at_step(stepper, 1)
    picture = host_page.get_by_text(STILL)
    notebook.run(5)
    expect(host_page.get_by_text("length T", exact=True)).to_be_visible()
    expect(picture).to_have_count(1)
    expect(picture).to_be_hidden()
    notebook.run(6)
    expect(picture.locator("..")).to_contain_text("length T: 7")

    notebook.reopen()
    expect(picture).to_be_visible()
    expect(picture.locator("..")).to_contain_text("length T: 7")
    at_step(stepper, 1)
    press(stepper)
    at_step(stepper, 2)
    complaints = host_page.get_by_text("model not found")  # JupyterLab looks for each during two seconds
    expect(complaints).to_have_count(3)
    for complaint in complaints.all():
        expect(complaint).to_be_hidden()


@pytest.mark.ci
def test_stepper_is_shared_between_python_and_the_page_in_marimo(host_page, tmp_path):  # noqa: F811
    need("marimo", "anywidget")
    app = tmp_path / "app.py"
    app.write_text(MARIMO, "utf-8")
    port = free_port()
    options = ["--headless", "--no-token", "--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-m", "marimo", "run", str(app), *options]
    with running(command, until=f"http://127.0.0.1:{port}/health", log=tmp_path / "log"):
        host_page.goto(f"http://127.0.0.1:{port}")
        stepper = host_page.locator(".trnn")
        at_step(stepper, 1)
        picture = host_page.locator(".trnn-app .picture")
        expect(picture).to_contain_text("from the loss at 20")
        host_page.get_by_label("length T").press("ArrowLeft")
        expect(picture).to_contain_text("from the loss at 19")
        expect(picture).not_to_contain_text("from the loss at 20")
        press(stepper)
        expect(host_page.get_by_text("Python sees 1")).to_be_visible()
        host_page.get_by_role("button", name="go to 3").click()
        at_step(stepper, 4)
        assert fonts(host_page) == ["loaded"]
        assert violations(host_page, stepper) == []


MARIMO = """
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    from teachrnn.widgets import Stepper

    stepper = Stepper.of("hello", hidden=3)
    stepper.level = "operations"
    w = mo.ui.anywidget(stepper)
    w
    return mo, w


@app.cell
def _(mo, w):
    def go(_):
        w.widget.step = 3

    button = mo.ui.button(label="go to 3", on_click=go)  # without a name it would not be kept
    mo.vstack([mo.md(f"Python sees {w.value['step']}"), button])
    return (button,)


@app.cell
def _():
    from teachrnn.widgets import GradientFlow

    flow = GradientFlow.example()
    flow
    return (flow,)


if __name__ == "__main__":
    app.run()
"""


@pytest.mark.ci
def test_notebook_exported_with_the_defaults_works_without_kernel_and_network(
    host_page,  # noqa: F811
    tmp_path,
):
    need("nbclient", "nbconvert", "ipykernel", "anywidget")
    from nbclient import NotebookClient
    from nbconvert import HTMLExporter

    cells = [CELLS[0], 'Stepper.of("aba", cell="gru", hidden=2)', CELLS[5]]
    executed = NotebookClient(notebook_of(cells), timeout=PATIENCE).execute()
    assert executed.metadata.widgets  # with which nbconvert prefers the live form
    page, _ = HTMLExporter().from_notebook_node(executed)
    path = tmp_path / "notebook.html"
    path.write_text(page, "utf-8")
    host_page.context.unroute_all()  # the page requests scripts of nbconvert, which fails
    host_page.context.set_offline(True)
    host_page.goto(path.as_uri())
    both = host_page.locator(".trnn")
    expect(both).to_have_count(2)
    press(both.nth(0))
    at_step(both.nth(0), 2)
    at_step(both.nth(1), 1)
    assert violations(host_page, host_page.locator("[data-teachrnn]").first) == []
    expect(host_page.get_by_text(STILL)).to_be_visible()
    expect(host_page.locator(".teachrnn-untrusted").first).to_be_hidden()


HOOKS = ("quick_start", "executed_pages", "mathematics", "last_of_all")


@pytest.fixture(scope="module")
def documentation(tmp_path_factory):
    """A small site built like the documentation, with a page in which one line makes a stepper."""
    need("mkdocs", "material", "anywidget")
    folder = tmp_path_factory.mktemp("documentation")
    (folder / "docs").mkdir()
    (folder / "docs" / "index.md").write_text(PAGE, "utf-8")
    hooks = "".join(f"\n  - {ROOT}/docs/hooks/{name}.py" for name in HOOKS)
    (folder / "mkdocs.yml").write_text(
        f"INHERIT: {ROOT}/mkdocs.yml\nnav: null\nhooks:{hooks}\n{SITE}", "utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=folder,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "site"


PAGE = """\
---
execute: true
---
# Two steppers

```python
from teachrnn.widgets import Stepper

Stepper.of("hello", hidden=3)
```

The same once more:

```python
Stepper.of("hello", hidden=3)
```
"""
SITE = """\
docs_dir: docs
watch: []
extra_css: []
theme: { name: material, logo: null, favicon: null }
plugins: [search]
"""


@pytest.mark.ci
def test_stepper_in_the_documentation_follows_its_colour_scheme(documentation, host_page):  # noqa: F811
    with served(documentation) as address:
        host_page.goto(address)
        both = host_page.locator(".trnn")
        expect(both).to_have_count(2)
        press(both.nth(0))
        at_step(both.nth(0), 2)
        at_step(both.nth(1), 1)
        for scheme, width in (("slate", 390), ("default", 1280)):
            host_page.set_viewport_size({"width": width, "height": 900})
            host_page.evaluate(
                "name => document.body.setAttribute('data-md-color-scheme', name)", scheme
            )
            host_page.evaluate(SETTLED)
            assert (both.first.evaluate(INK) > 200) == (scheme == "slate")
            assert violations(host_page, host_page.locator("[data-teachrnn]").first) == []
            assert host_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert set(fonts(host_page)) == {"loaded"}


@pytest.mark.ci
def test_search_index_of_the_documentation_does_not_contain_the_story(documentation):
    index = documentation / "search" / "search_index.json"
    assert index.stat().st_size < 20_000


def test_standalone_page_works_from_a_file(host_page, tmp_path):  # noqa: F811
    shown = small_network(HOSTILE, hidden=2)
    path = tmp_path / "page.html"
    path.write_text(story_page(shown.trace, symbols=shown.symbols, about=introduction(shown)), "utf-8")
    host_page.goto(path.as_uri())
    stepper = host_page.locator(".trnn")
    press(stepper)
    at_step(stepper, 2)
    assert fonts(host_page) == ["loaded"]
    assert host_page.title() != "gone"
