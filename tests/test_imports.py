"""`import teachrnn` is light, the public names are in order, and imports run downwards."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
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


def test_importing_teachrnn_loads_numpy_and_nothing_heavier():
    code = "import sys, teachrnn; print(' '.join(m for m in sys.argv[1:] if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code, *HEAVY], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    "module",
    [package for package in (teachrnn, *PACKAGES) if hasattr(package, "__all__")],
    ids=lambda m: m.__name__,
)
def test_public_names_are_sorted_and_exist(module):
    assert sorted(module.__all__) == sorted(set(module.__all__))
    for name in module.__all__:
        assert getattr(module, name, None) is not None


def test_every_operation_and_cell_is_a_public_name():
    for name in [*teachrnn.OPS, *(cell.__name__ for cell in teachrnn.CELLS.values())]:
        assert name in teachrnn.__all__


def test_imports_run_downwards_only():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout


def test_types_are_right():
    done = subprocess.run([sys.executable, "-m", "mypy"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "arguments", [["check", "."], ["format", "--check", "."]], ids=["lint", "format"]
)
def test_style_is_right(arguments):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout
