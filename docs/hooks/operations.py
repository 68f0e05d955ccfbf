"""The operation reference, written from the registry, so that a new operation appears automatically."""

from __future__ import annotations

from docstring import Docstring
from facts import definitions, folded_code
from mkdocs.structure.files import File

import teachrnn
from teachrnn.domain import Choice, Index, Reals
from teachrnn.formulas.equation import definition
from teachrnn.formulas.latex import latex

INTRODUCTION = """\
# Operations

Every network here consists of these operations. Each one is a class in its own file, which states its
shapes, its definition, its value and one gradient for each input; this page is made from those classes.

In the formulas, vectors are columns. `...` in a shape means leading axes (time and batch), over which
the gradient of a shared input is summed. See [Notation](notation.md) and
[Add an operation](../how-to/add-an-op.md).

| Operation | Definition | Shapes |
| --- | --- | --- |
"""


def on_files(files, config):
    ops = [op for op in teachrnn.OPS.values() if op.__module__.startswith("teachrnn.")]
    files.append(File.generated(config, "reference/operations.md", content=page(ops)))
    return files


def page(ops: list[type[teachrnn.Op]]) -> str:
    rows = [
        rf"| {link(op)} | $\displaystyle {latex(definition(op))}$ | `{op.signature}` |" for op in ops
    ]
    return INTRODUCTION + "\n".join(rows) + "\n\n" + "\n\n".join(section(op) for op in ops) + "\n"


def section(op: type[teachrnn.Op]) -> str:
    doc = Docstring.of(op)
    facts = {
        "Shapes": f"`{doc.sections['Shapes']}`",
        "Gradients": gradients(op, doc),
        "Domain": "<br>\n".join(f"`{name}`: {domain(d)}" for name, d in op.domain.items()),
        "Replaces": ", then ".join(link(part) for part in op.fuses),
        "Example": f"```pycon\n{doc.sections['Examples']}\n```",
        "Reference": doc.sections["References"],
        "Code": code(op),
    }
    return "\n\n".join(
        [f"## {op.__name__}", doc.summary, f"$${latex(definition(op))}$$", doc.body, definitions(facts)]
    )


def link(op: type[teachrnn.Op]) -> str:
    return f"[{op.__name__}](#{op.__name__.lower()})"


def gradients(op: type[teachrnn.Op], doc: Docstring) -> str:
    formulas = "\n\n".join(f"$${line.strip('$')}$$" for line in doc.sections["Gradients"].split("\n\n"))
    without = [f"`{name}`" for name, gradient in op.gradient_methods.items() if gradient is None]
    return formulas + (f"\n\nnone for {', '.join(without)}" if without else "")


def domain(allowed: Reals | Index | Choice) -> str:
    if isinstance(allowed, Index):
        return f"a whole number, 0 to ${allowed.axis}" + ("$" if allowed.end else " - 1$")
    if isinstance(allowed, Choice):
        return " or ".join(f"{value:g}" for value in allowed.values)
    points = ", ".join(f"{value:g}" for value in allowed.avoid)
    avoid = f"; no derivative at {points}" if points else ""
    return f"a real number (tested in {allowed.low:g} to {allowed.high:g}{avoid})"


def code(op: type[teachrnn.Op]) -> str:
    """The methods for the value and the gradients, as in the file."""
    methods = [
        op.forward,
        *(gradient for gradient in op.gradient_methods.values() if gradient is not None),
    ]
    return folded_code(op.__module__, methods)
