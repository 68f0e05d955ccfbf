"""An exercise in each notebook application: answered there, judged by Python, legible in both themes."""

from __future__ import annotations

import sys

import pytest
from axe import violations
from notebook import (  # noqa: F401  (fixtures)
    Notebook,
    free_port,
    host_page,
    jupyter,
    need,
    running,
)
from playwright.sync_api import expect

pytestmark = [pytest.mark.long, pytest.mark.ci]

SETUP = """\
import os, tempfile
os.environ["TEACHRNN_ATTEMPTS"] = tempfile.mkdtemp()
from teachrnn import exercise, judge"""
CELLS = [
    SETUP,
    'exercise("two-gradients")',
    'exercise("tanh-gradient")',
    "import numpy as np\ndef tanh_backward(dy, y):\n    return dy * (1 - y)",
    'judge("tanh-gradient", tanh_backward, isolated=False)',
    'exercise("bptt-order")',
]
INK = "element => parseInt(getComputedStyle(element).color.match(/\\d+/)[0])"


def predict(exercise) -> None:
    exercise.get_by_role("textbox").fill("-0.24")
    exercise.get_by_role("button", name="Predict").click()
    expect(exercise.get_by_role("status")).to_contain_text("You said −0.24; it is −0.4821")


def test_an_exercise_is_answered_and_judged_in_jupyterlab(jupyter, host_page):  # noqa: F811
    notebook = Notebook(host_page, jupyter, "lab", CELLS)
    for cell in range(len(CELLS)):
        notebook.run(cell)
    live = host_page.locator("section.trnn-exercise:visible")
    expect(live).to_have_count(4)
    predict(live.nth(0))
    expect(live.nth(1)).to_contain_text("Write tanh_backward(dy, y)")
    expect(live.nth(2)).to_contain_text("✗ tanh-gradient: wrong")
    order = live.nth(3)
    order.locator(".offered button").first.click()
    order.get_by_role("button", name="Check").click()
    expect(order.get_by_role("status")).to_contain_text("missing")
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        notebook.wear(theme)
        assert (live.nth(2).evaluate(INK) > 200) == ("Dark" in theme)
        for shown in live.all():
            assert violations(host_page, shown) == []


MARIMO = f"""
import marimo

app = marimo.App()


@app.cell
def _():
    {SETUP.replace(chr(10), chr(10) + "    ")}
    exercise("two-gradients")
    return exercise, judge


@app.cell
def _(judge):
    judge("tanh-gradient", "def tanh_backward(dy, y): return dy", isolated=False)
    return


@app.cell
def _(exercise):
    exercise("tanh-gradient")
    return


if __name__ == "__main__":
    app.run()
"""


def test_an_exercise_is_answered_and_judged_in_marimo(host_page, tmp_path):  # noqa: F811
    need("marimo", "anywidget")
    app = tmp_path / "app.py"
    app.write_text(MARIMO, "utf-8")
    port = free_port()
    options = ["--headless", "--no-token", "--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-m", "marimo", "run", str(app), *options]
    with running(command, until=f"http://127.0.0.1:{port}/health", log=tmp_path / "log"):
        host_page.goto(f"http://127.0.0.1:{port}")
        answered = host_page.get_by_role("textbox")  # it comes after what needs no kernel
        predict(host_page.locator("section.trnn-exercise", has=answered))
        expect(host_page.get_by_text("✗ tanh-gradient: wrong")).to_be_visible()
        expect(host_page.get_by_text("dx lacks the derivative")).to_have_count(0)  # it is hint 4
        expect(host_page.get_by_text("The gradient of tanh")).to_be_visible()
