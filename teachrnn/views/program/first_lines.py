"""What a program begins with: the functions that it needs, and what the trace was given."""

from __future__ import annotations

from teachrnn.formulas import tree
from teachrnn.formulas.code_line import Token, source
from teachrnn.formulas.name import timeless
from teachrnn.formulas.numpy_code import numpy_code
from teachrnn.formulas.numpy_helpers import HELPERS, helpers_in
from teachrnn.formulas.numpy_rule import OwnLetters, numpy_rule
from teachrnn.formulas.tree import Letter
from teachrnn.op import OPS, Op, Value
from teachrnn.views.program.given import GivenArray
from teachrnn.views.program.program_names import ProgramNames


def helper_lines(names: ProgramNames) -> list[str]:
    """The functions that the formulas use."""
    formulas = [
        names.formula(one, target)
        for one in names.do.all
        for target in (None, *(own for _, own, _ in type(one.op).differentiable))
    ]
    lines: list[str] = []
    for name in dict.fromkeys(name for formula in formulas for name in helpers_in(formula)):
        lines += [*_helper(name), ""]
    nodes = [node for formula in formulas for node in tree.walk(formula)]
    methods = {node.name.split(".")[0] for node in nodes if isinstance(node, tree.Call)}
    for op in dict.fromkeys(type(one.op) for one in names.do.all):
        if op.__name__ in methods:
            lines += [f"from {op.__module__} import {op.__name__}", ""]
    return lines


def given_arrays(names: ProgramNames) -> list[GivenArray]:
    """What the instructions use and do not make."""
    found: dict[tuple[str, bool], GivenArray] = {}
    for value in names.trace.values:
        if isinstance(value, Op) or value.index not in names.core:
            continue
        if value.role == "constant" and value.data.ndim == 0:
            continue
        name, timed = timeless(value.name), value.t is not None
        array = value.data.reshape(value.shape[value.data.ndim - names.core[value.index] :])
        if value.t is None:
            found[name, timed] = GivenArray(_token(names, value), name, array)
        else:
            steps = found.setdefault((name, timed), GivenArray(_token(names, value), name, {})).data
            assert isinstance(steps, dict)
            steps[value.t] = array
    return list(found.values())


def _token(names: ProgramNames, value: Value) -> Token:
    """The name of what was given, without its time step."""
    use = names.use(value)
    return Token(names.called(use), Letter(names.key(use)))


def _helper(name: str) -> tuple[str, ...]:
    """The definition of a function that formulas use: of another operation, from its formula."""
    if name in HELPERS:
        return HELPERS[name].lines
    op = next(op for op in OPS.values() if op.__name__.lower() == name)
    [own] = op.inputs
    return (
        f"def {name}({own}):",
        f"    return {source(numpy_code(numpy_rule(op, None), OwnLetters(op)))}",
    )
