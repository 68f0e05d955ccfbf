"""The operation reference, written from the registry: a new operation appears by itself."""

from __future__ import annotations

import inspect
import textwrap

from docstring import Docstring
from mkdocs.structure.files import File

import teachrnn
from teachrnn.domain import Choice, Index, Reals
from teachrnn.views.typeset import formula_latex

INTRODUCTION = """\
# Operations

Everything a network here does is written in these operations. Each one is a class in a file of its
own that states its shapes, its definition, its value and one gradient for each input; this page is
made from those classes.

In the formulas vectors are columns; `...` in a shape stands for leading axes, time and batch, over
which the gradient of a shared input is summed. See [Notation](notation.md), and
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
        f"| [{op.__name__}](#{op.__name__.lower()}) | ${formula_latex(op)}$ | `{op.signature}` |"
        for op in ops
    ]
    return INTRODUCTION + "\n".join(rows) + "\n\n" + "\n\n".join(section(op) for op in ops) + "\n"


def section(op: type[teachrnn.Op]) -> str:
    doc = Docstring.of(op)
    parts = [f"## {op.__name__}", doc.summary, f"$${formula_latex(op)}$$", doc.body]
    parts += [f"**Shapes** {{ .label }}\n\n`{doc.sections['Shapes']}`"]
    parts += ["**Gradients** { .label }", gradients(op, doc)]
    if op.domain:
        parts += ["**Domain** { .label }", "\n".join(f"- `{n}`: {domain(d)}" for n, d in op.domain.items())]
    if op.fuses:
        links = ", then ".join(f"[{part.__name__}](#{part.__name__.lower()})" for part in op.fuses)
        parts += [f"**Replaces** {{ .label }}\n\n{links}"]
    parts += ["**Example** { .label }", f"```pycon\n{doc.sections['Examples']}\n```"]
    parts += [f"**Reference** {{ .label }}\n\n{doc.sections['References']}"]
    parts += [code(op)]
    return "\n\n".join(part for part in parts if part)


def gradients(op: type[teachrnn.Op], doc: Docstring) -> str:
    formulas = "\n\n".join(f"$${line.strip('$')}$$" for line in doc.sections["Gradients"].split("\n\n"))
    without = [f"`{name}`" for name, gradient in op.gradients.items() if gradient is None]
    return formulas + (f"\n\nNo gradient: {', '.join(without)}." if without else "")


def domain(allowed: Reals | Index | Choice) -> str:
    if isinstance(allowed, Index):
        return f"a whole number, 0 to ${allowed.axis}" + ("$" if allowed.end else " - 1$")
    if isinstance(allowed, Choice):
        return " or ".join(f"{value:g}" for value in allowed.values)
    points = ", ".join(f"{value:g}" for value in allowed.avoid)
    avoid = f"; no derivative at {points}" if points else ""
    return f"a real number (tested in {allowed.low:g} to {allowed.high:g}{avoid})"


def code(op: type[teachrnn.Op]) -> str:
    """What the class computes: the value and the gradients, as they stand in the file."""
    methods = [op.forward, *(gradient for gradient in op.gradients.values() if gradient is not None)]
    source = "\n\n".join(textwrap.dedent(inspect.getsource(method)).strip() for method in methods)
    source = source.replace("@staticmethod\n", "")
    path = op.__module__.replace(".", "/") + ".py"
    return textwrap.indent(f"```python\n{source}\n```", "    ").join(
        [f'??? quote "The code, `{path}`"\n\n', ""]
    )
