"""The extras in pyproject.toml, those that the code requires, and those that pages name agree."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from teachrnn.errors import MissingExtraError
from teachrnn.extras import require

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
HOMES = packages_distributions()
"""The packages that a module comes from, as far as they are installed here."""
FOR_TESTS = {"test", "mutation"}
"""Extras for running this project's tests; `testing` is not one of them, but part of the library."""


def brought_by(*extras: str) -> set[str]:
    """Names of the packages that extras require, including those of nested extras."""
    found = set()
    for extra in extras:
        for requirement in map(Requirement, EXTRAS[extra]):
            inner = requirement.name == "teachrnn"
            found |= brought_by(*requirement.extras) if inner else {canonicalize_name(requirement.name)}
    return found


@functools.cache
def parsed(folder: str) -> dict[str, ast.Module]:
    """The modules of a folder, by their paths."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    return {str(p.relative_to(ROOT)): ast.parse(p.read_text("utf-8")) for p in paths}


def asked_for() -> Iterator[tuple[str, ast.Call, str]]:
    """Every call in the code that names the extra for a package: place, call, extra."""
    for path, tree in parsed("teachrnn").items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg == "extra" and isinstance(keyword.value, ast.Constant):
                        yield f"{path}:{node.lineno}", node, keyword.value.value


def test_every_extra_named_in_the_code_installs_the_package():
    places = list(asked_for())
    assert len(places) > 20
    checked = 0
    for place, call, extra in places:
        assert extra in EXTRAS, place
        if isinstance(call.args[0], ast.Constant):
            module = call.args[0].value.partition(".")[0]
            homes = {canonicalize_name(name) for name in HOMES.get(module, [module])}
            assert homes & brought_by(extra), f"{place}: {extra!r} does not install {module!r}"
            checked += 1
    assert checked > 20


def test_all_includes_everything_except_pytorch_and_the_test_tools():
    others = set(EXTRAS) - FOR_TESTS - {"all", "torch"}
    assert brought_by("all") == brought_by(*others)
    assert not brought_by("all") & {"torch", "pytest-xdist", "mypy", "ruff", "playwright", "cosmic-ray"}


def test_extra_notebook_includes_what_the_tutorials_and_the_apps_need():
    assert {"jupyterlab", "jupytext", "ipykernel", "anywidget", "ipywidgets"} <= brought_by("notebook")
    assert all("jupytext:" in path.read_text("utf-8") for path in (ROOT / "tutorials").glob("*.py"))


def test_every_extra_that_a_page_or_a_message_names_exists():
    written = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / ".ci" / "run"]
    for folder in ("teachrnn", "docs", "tutorials", "tests"):
        written += [p for p in (ROOT / folder).rglob("*") if p.suffix in {".py", ".md", ".toml"}]
    named = {
        (extra.strip(), str(path.relative_to(ROOT)))
        for path in written
        for extras in re.findall(r"'(?:teachrnn|\.)\\?\[([a-z, ]+)\\?\]", path.read_text("utf-8"))
        for extra in extras.split(",")
    }
    assert {"notebook", "all", "test"} <= {extra for extra, path in named if path == "README.md"}
    assert [(extra, path) for extra, path in sorted(named) if extra not in EXTRAS] == []


@functools.cache
def with_all_that_they_need(names: frozenset[str]) -> set[str]:
    """Packages and their dependencies, as far as these are installed here."""
    found, waiting = set(), [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        if str(wanted) in found:
            continue
        found |= {str(wanted), canonicalize_name(wanted.name)}
        try:
            needs = map(Requirement, requires(wanted.name) or ())
        except PackageNotFoundError:
            continue
        environments = [{"extra": extra} for extra in wanted.extras or ("",)]
        waiting += [n for n in needs if not n.marker or any(map(n.marker.evaluate, environments))]
    return found


@pytest.mark.parametrize(("folder", "extra"), [("teachrnn", "all"), ("tutorials", "notebook")])
def test_an_extra_includes_whatever_is_imported(folder, extra):  # PyTorch only by `require`
    brought = with_all_that_they_need(frozenset([*PROJECT["dependencies"], *brought_by(extra)]))
    for path, tree in parsed(folder).items():
        for module in imported(tree):
            homes = {canonicalize_name(name) for name in HOMES.get(module, [module])}
            assert homes & brought, f"{path} imports {module}"


def imported(tree: ast.Module) -> set[str]:
    """The third-party modules that are imported, by the first part of their names."""
    full = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            full |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            full.add(node.module)
    return {name.partition(".")[0] for name in full} - set(sys.stdlib_module_names) - {"teachrnn"}


def test_missing_extra_names_the_install_command():
    with pytest.raises(MissingExtraError, match=r"python -m pip install 'teachrnn\[figures\]'"):
        require("no_such_package.at_all", extra="figures", purpose="A figure")


def test_notebook_apps_say_which_extra_is_missing():
    code = """
import sys
for name in ("anywidget", "ipywidgets", "traitlets"):
    sys.modules[name] = None
import teachrnn.widgets
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MissingExtraError" in done.stderr
    assert "python -m pip install 'teachrnn[widgets]'" in done.stderr
