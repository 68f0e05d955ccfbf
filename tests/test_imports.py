"""`import teachrnn` is light, exported names exist, and imports only go to lower layers."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import teachrnn

PACKAGES = [
    importlib.import_module(f"teachrnn.{found.name}")
    for found in pkgutil.iter_modules(teachrnn.__path__)
    if found.ispkg
]

ROOT = Path(__file__).parents[1]
HEAVY = [
    "sympy",
    "mpmath",
    "matplotlib",
    "ipywidgets",
    "anywidget",
    "hypothesis",
    "torch",
    "rich",
    "typer",
    "jinja2",
    "safetensors",
    "joblib",
    "distributed",
]


@pytest.mark.parametrize(
    ("line", "unwanted"),
    [
        ("import teachrnn", ["numpy", "teachrnn.op", "teachrnn.models"]),
        ("from teachrnn import CharRNN, backpropagate, Training, Temperature", HEAVY),
    ],
    ids=["the package", "to record, backpropagate, train and sample"],
)
def test_import_loads_nothing_heavier_than_it_needs(line, unwanted):
    code = f"{line}; import sys; print(' '.join(m for m in sys.argv[1:] if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code, *unwanted], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_modules_are_attributes_of_the_package():
    assert teachrnn.ops.Tanh is teachrnn.Tanh
    with pytest.raises(AttributeError, match="module 'teachrnn' has no attribute 'opts'"):
        teachrnn.opts  # noqa: B018


IN_A_BROWSER = [
    "_multiprocessing",
    "_posixshmem",
    "fcntl",
    "termios",
    "pwd",
    "curses",
    "_ssl",
    "_sqlite3",
]
"""Modules that Python lacks in a browser."""


@pytest.mark.parametrize(
    ("absent", "code"),
    [
        (
            ["sympy", "mpmath", *IN_A_BROWSER],
            """
            from teachrnn.runs import small_network
            from teachrnn.views.page.standalone import story_page
            shown = small_network("hello")
            print(len(story_page(shown.trace, symbols=shown.symbols)) > 10_000)
            """,
        ),
        (
            ["sympy", "mpmath", *IN_A_BROWSER],
            """
            import tempfile, teachrnn.cli, teachrnn.views.terminal, teachrnn.runs, teachrnn.sweep
            from teachrnn.runs import Claim, Run, Source
            from teachrnn.recipes import Recipe
            recipe = Recipe.find("adagrad").but(hidden=2, length=2, updates=3)
            run = Run(recipe, Source.of("hello world " * 9))
            teachrnn.cli.app(["list"], standalone_mode=False)
            with Claim(tempfile.mkdtemp()) as claim:
                print(claim.held and len(list(run.steps())) == 3)
            """,
        ),
        (
            ["sympy", "mpmath"],
            """
            import numpy as np, teachrnn
            from teachrnn.checking import check_gradient
            model = teachrnn.CharRNN(hidden=2, symbols=3, scale=0.5, rng=np.random.default_rng(0))
            trace = model.record([0, 1], [1, 2])
            given = teachrnn.backpropagate(trace).gradients()
            print(check_gradient(trace, given, oracle="complex").agrees)
            """,
        ),
        (
            IN_A_BROWSER,
            """
            from teachrnn.errors import TeachrnnError
            from teachrnn.sweep import LocalEngine
            try:
                LocalEngine()
            except TeachrnnError as error:
                print("needs processes" in str(error) or "joblib" in str(error))
            """,
        ),
    ],
    ids=["page", "command line", "check", "sweep"],
)
def test_tasks_run_without_the_modules_that_they_do_not_need(absent, code):
    blocked = f"import sys; sys.modules.update(dict.fromkeys({absent}))\n"
    done = subprocess.run(
        [sys.executable, "-c", blocked + textwrap.dedent(code)], capture_output=True, text=True
    )
    assert done.stdout.endswith("True\n"), done.stderr


@pytest.mark.parametrize(
    "module",
    [package for package in (teachrnn, *PACKAGES) if hasattr(package, "__all__")],
    ids=lambda m: m.__name__,
)
def test_exported_names_exist_and_are_listed_once(module):
    assert sorted(module.__all__) == sorted(set(module.__all__))
    for name in module.__all__:
        assert getattr(module, name, None) is not None


def test_imports_run_downwards_only():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.ci
def test_mypy_finds_no_error():
    done = subprocess.run([sys.executable, "-m", "mypy"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "arguments", [["check", "."], ["format", "--check", "."]], ids=["lint", "format"]
)
def test_ruff_finds_no_error(arguments):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout
