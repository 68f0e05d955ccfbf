"""The API reference, a page for each package, written from its ``__all__``."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from mkdocs.structure.files import File

import teachrnn

ALSO = {
    "teachrnn": [
        "teachrnn.trace_file",
        "teachrnn.triangle",
        "teachrnn.state_jacobian",
        "teachrnn.errors",
    ],
    "teachrnn.formulas": [
        "teachrnn.formulas.equation",
        "teachrnn.formulas.tree",
        "teachrnn.formulas.latex",
        "teachrnn.formulas.mathml",
        "teachrnn.formulas.text",
        "teachrnn.formulas.symbolic",
        "teachrnn.formulas.tensors",
    ],
    "teachrnn.views": [
        "teachrnn.views.page.standalone",
        "teachrnn.views.page.fragment",
        "teachrnn.views.demonstration",
        "teachrnn.views.story",
        "teachrnn.views.story.why",
        "teachrnn.views.figures",
        "teachrnn.views.terminal",
    ],
}
"""Modules whose functions are imported from where they stand, listed with a package."""


def packages() -> list[ModuleType]:
    """The package itself, then all within it that export names or are listed with a module."""
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
    has_page = {op.__name__ for op in teachrnn.OPS.values()}
    has_page |= {cell.__name__ for cell in teachrnn.CELLS.values()}
    exported = [name for name in getattr(package, "__all__", ()) if name != "__version__"]
    elsewhere = [name for name in exported if name in has_page]
    names = [f"{package.__name__}.{name}" for name in exported if name not in has_page]
    for module_name in ALSO.get(package.__name__, ()):
        module = importlib.import_module(module_name)
        names += [
            f"{module_name}.{name}" for name in getattr(module, "__all__", None) or defined_in(module)
        ]
    lines = [f"# {package.__name__}", (package.__doc__ or "").strip()]
    if elsewhere:
        lines.append("[Operations](../operations.md) and [cells](../cells.md) have pages of their own.")
    shown = dict.fromkeys(names)
    return "\n\n".join([*lines, *(f"::: {name}" for name in shown)]) + "\n"


def defined_in(module: ModuleType) -> list[str]:
    """Public classes and functions that a module defines, in its order; not those of the package."""
    return [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and getattr(thing, "__module__", "") == module.__name__
        and name not in teachrnn.__all__
    ]
