"""The cell reference, written from the registry, so that a new cell appears automatically."""

from __future__ import annotations

import numpy as np
from docstring import Docstring
from facts import definitions, folded_code
from mkdocs.structure.files import File

import teachrnn

INTRODUCTION = """\
# Cells

A cell is one time step, written in [operations](operations.md), one for each equation; it holds no
derivative. `CharRNN(cell="...")` unrolls it over a sequence and adds the readout
$o_t = V h_t + c$. This page is made from the classes.

`d` is the length of the input vectors (K, the number of symbols, where the input is a symbol's
number), `m` the length of the state. [Notation](notation.md) maps every name to those of other
libraries.
"""


def on_files(files, config):
    own = [cell for cell in teachrnn.CELLS.values() if cell.__module__.startswith("teachrnn.")]
    cells = sorted(own, key=size)  # the simplest first
    content = INTRODUCTION + "\n" + "\n\n".join(section(cell) for cell in cells) + "\n"
    files.append(File.generated(config, "reference/cells.md", content=content))
    return files


def section(cell: type[teachrnn.Cell]) -> str:
    doc = Docstring.of(cell)
    facts = {
        "Name": f'`CharRNN(cell="{cell.name}")`',
        "State": ", ".join(f"`{name}[t]` (m)" for name in cell.state),
        "Parameters": parameters(cell),
        "Recorded at each step": recorded(cell),
        "Reference": doc.sections["References"],
        "Code": folded_code(cell.__module__, [cell.step]),
    }
    return "\n\n".join([f"## {cell.__name__}", doc.summary, doc.body, definitions(facts)])


def parameters(cell: type[teachrnn.Cell]) -> str:
    letters = {5: "d", 7: "m"}
    by_shape: dict[tuple[int, ...], list[str]] = {}
    for name, shape in cell.shapes(5, 7).items():
        by_shape.setdefault(shape, []).append(f"`{name}`")
    lines = [
        f"{', '.join(names)} ({', '.join(letters[size] for size in shape)})"
        for shape, names in by_shape.items()
    ]
    return "<br>\n".join([*lines, f"{size(cell):,} numbers at d = m = 100"])


def size(cell: type[teachrnn.Cell]) -> int:
    """The number of parameter entries at d = m = 100."""
    return sum(int(np.prod(shape)) for shape in cell.shapes(100, 100).values())


def recorded(cell: type[teachrnn.Cell]) -> str:
    """One step of a real record, with its time as t."""
    model = teachrnn.CharRNN(hidden=1, symbols=2, cell=cell.name, rng=np.random.default_rng(0))
    trace = model.record([0, 0])
    lines = []
    for op in trace.ops:
        if op.t == 2 and not op.name.startswith("o["):
            operands = ", ".join(value.name for value in op.operands)
            lines.append(f"{op.name} = {type(op).__name__}({operands})")
    text = "\n".join(lines).replace("[2]", "[t]").replace("[1]", "[t-1]")
    return f"```text\n{text}\n```"
