"""The API reference: the public names in the order of a tutorial, then a page for each package."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType

from mkdocs.structure.files import File

import teachrnn
from teachrnn.public_names import read_homes, read_sections

STUB = teachrnn.__file__ + "i"

ALSO = {
    "teachrnn": [
        "teachrnn.trace_file",
        "teachrnn.triangle",
        "teachrnn.state_jacobian",
        "teachrnn.errors",
    ],
    "teachrnn.data": ["teachrnn.data.batching", "teachrnn.data.corpora"],
    "teachrnn.diagnosis": [
        "teachrnn.diagnosis.diagnose",
        "teachrnn.diagnosis.diagnosis",
        "teachrnn.diagnosis.diagnoses",
        "teachrnn.diagnosis.hint",
        "teachrnn.diagnosis.verdict",
        "teachrnn.diagnosis.description",
        "teachrnn.diagnosis.answer",
        "teachrnn.diagnosis.instance",
        "teachrnn.diagnosis.catalogue",
        "teachrnn.diagnosis.mistake",
        "teachrnn.diagnosis.rules",
    ],
    "teachrnn.grading": ["teachrnn.grading.nbgrader", "teachrnn.grading.otter"],
    "teachrnn.formulas": [
        "teachrnn.formulas.equation",
        "teachrnn.formulas.tree",
        "teachrnn.formulas.latex",
        "teachrnn.formulas.mathml",
        "teachrnn.formulas.text",
        "teachrnn.formulas.numpy_code",
        "teachrnn.formulas.numpy_helpers",
        "teachrnn.formulas.numpy_rule",
        "teachrnn.formulas.numpy_statement",
        "teachrnn.formulas.symbolic",
        "teachrnn.formulas.tensors",
    ],
    "teachrnn.views": [
        "teachrnn.views.exercises",
        "teachrnn.views.prose",
        "teachrnn.views.page.standalone",
        "teachrnn.views.page.fragment",
        "teachrnn.views.page.tour_page",
        "teachrnn.views.tour",
        "teachrnn.views.page.comparison",
        "teachrnn.views.page.difference",
        "teachrnn.views.story",
        "teachrnn.views.program",
        "teachrnn.views.story.side_by_side",
        "teachrnn.views.story.introduction",
        "teachrnn.views.story.mistaken_numbers",
        "teachrnn.views.story.time_stop",
        "teachrnn.views.story.why",
        "teachrnn.views.story.words",
        "teachrnn.views.figures",
        "teachrnn.views.terminal",
    ],
}
"""Modules whose classes and functions are imported directly, listed with the page of a package."""

INTRODUCTION = """\
Every name on this page is imported from `teachrnn`: `from teachrnn import CharRNN`. What takes long to
load is loaded on first use. [Twelve everyday tasks](../../how-to/everyday.md) shows how to use them.
"""


def packages() -> list[ModuleType]:
    """The package itself, then all subpackages that export names or are listed with modules."""
    inside = [
        importlib.import_module(f"teachrnn.{found.name}")
        for found in pkgutil.iter_modules(teachrnn.__path__)
        if found.ispkg
    ]
    return [teachrnn, *(p for p in inside if getattr(p, "__all__", ()) or p.__name__ in ALSO)]


def place(package: ModuleType) -> str:
    """The page of a package."""
    return f"reference/api/{package.__name__.rpartition('.')[2]}.md"


def on_config(config):
    for section in config["nav"]:
        for entry in section.get("Reference", []):
            if "API" in entry:
                entry["API"] = [{package.__name__: place(package)} for package in packages()]
    return config


def on_files(files, config):
    for package in packages():
        files.append(File.generated(config, place(package), content=page(package)))
    return files


def page(package: ModuleType) -> str:
    lines = [f"# {package.__name__}", (package.__doc__ or "").strip()]
    if package is teachrnn:
        lines = ["# teachrnn", INTRODUCTION, *public_names(), "## In full"]
    elif any(name in has_page() for name in getattr(package, "__all__", ())):
        lines.append("[Operations](../operations.md) and [cells](../cells.md) have pages of their own.")
    return "\n\n".join([*lines, *(f"::: {name}" for name in entries(package))]) + "\n"


def public_names() -> list[str]:
    """A table for each section: the name, linked to its entry, and its first sentence."""
    lines = []
    for title, names in read_sections(STUB).items():
        rows = [
            f"| [`{name}`]({address(name)}) | {summary(getattr(teachrnn, name))} |" for name in names
        ]
        lines += [f"## {title}", "\n".join(["| Name | What it is |", "| --- | --- |", *rows])]
    return lines


def address(name: str) -> str:
    """The address of the entry of a public name, relative to the page of public names."""
    if name in has_page():
        kind = "operations" if name in teachrnn.OPS else "cells"
        return f"../{kind}.md#{name.lower()}"
    top = ".".join(read_homes(STUB)[name].split(".")[:2])
    package = next((p for p in packages() if p.__name__ == top), teachrnn)
    entry = next(e for e in entries(package) if e.rpartition(".")[2] == name)
    return f"{place(package).rpartition('/')[2]}#{entry}" if package is not teachrnn else f"#{entry}"


def summary(thing: object) -> str:
    """The first paragraph of a docstring, in one line of a table."""
    if isinstance(thing, dict):
        return f"Every {thing.what}, by name."
    text = inspect.getdoc(thing) or ""
    return " ".join(text.partition("\n\n")[0].split()).replace("|", r"\|")


def entries(package: ModuleType) -> list[str]:
    """The objects that the page of a package documents, by import path."""
    if package is teachrnn:
        inside = {p.__name__ for p in packages()}
        homes = read_homes(STUB).items()
        names = [f"teachrnn.{n}" for n, home in homes if ".".join(home.split(".")[:2]) not in inside]
    else:
        exported = getattr(package, "__all__", ())
        names = [f"{package.__name__}.{name}" for name in exported if name not in has_page()]
    for module_name in ALSO.get(package.__name__, ()):
        module = importlib.import_module(module_name)
        listed = {name.rpartition(".")[2] for name in names}
        also = getattr(module, "__all__", None) or defined_in(module)
        names += [f"{module_name}.{name}" for name in also if name not in listed]
    return list(dict.fromkeys(names))


def has_page() -> set[str]:
    """Operations and cells, which have their own pages."""
    return {part.__name__ for part in [*teachrnn.OPS.values(), *teachrnn.CELLS.values()]}


def defined_in(module: ModuleType) -> list[str]:
    """Public classes and functions that a module defines, in its order."""
    return [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_") and getattr(thing, "__module__", "") == module.__name__
    ]
