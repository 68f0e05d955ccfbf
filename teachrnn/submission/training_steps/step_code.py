"""The function that does a whole training step, and what its text says of it."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from teachrnn.submission import lexicon
from teachrnn.submission.called import called_by
from teachrnn.submission.functions import Function
from teachrnn.submission.plan import HandedIn, Plan

_STEP = re.compile(r"train|update|optimi[sz]e|step|learn|fit|iterat", re.I)
_NOT = re.compile(r"forward|backward|sample|test|plot|init|check|loss|grad", re.I)


@dataclass(frozen=True)
class StepCode:
    """A whole training step.

    Attributes
    ----------
    function : Function
        It, as a function or as a method that is not bound yet.
    method : bool
        Whether it is one of the network's class.
    text : str
        Of it, and of what it calls that is neither forward nor backward pass.
    """

    function: Function
    method: bool
    text: str

    @property
    def clips(self) -> str:
        """Whether it clips, and how it says so: "", "norm", "value" or "somehow"."""
        calls = re.findall(r"\b(\w*clip\w*|\w*rescale\w*)\s*\(", self.text, re.I)
        names = " ".join(c for c in calls if c.lower() != "clip").lower()
        if "norm" in names:
            return "norm"
        if "value" in names:
            return "value"
        limited = re.search(r"np\.(minimum|maximum)\(|max_?norm|clip", self.text, re.I)
        return "somehow" if calls or limited else ""

    @property
    def speaks_of_norm(self) -> bool:
        """Whether it has the word."""
        return "norm" in self.text.lower()

    @property
    def optimizer(self) -> str:
        """The optimizer that is named in it, if one is."""
        return optimizer_named(self.text)

    @property
    def constants(self) -> tuple[float, ...]:
        """The numbers in it."""
        found = set()
        for piece in self.text.split("\f"):
            try:
                nodes = ast.walk(ast.parse(textwrap.dedent(piece)))
            except SyntaxError:
                continue
            found |= {
                float(node.value)
                for node in nodes
                if isinstance(node, ast.Constant)
                and isinstance(node.value, int | float)
                and not isinstance(node.value, bool)
            }
        return tuple(sorted(c for c in found if c not in (0.0, 1.0, 2.0)))


def optimizer_named(text: str) -> str:
    """The optimizer that a text names; "" if it names none."""
    for name in ("adamw", "adam", "adagrad", "rmsprop", "nesterov", "momentum", "sgd"):
        if re.search(rf"(?<![a-z]){name}|{name}(?![a-z])", text, re.I):
            return name
    return ""


def steps_in(program: HandedIn, plan: Plan, *, whole: bool = False) -> Iterator[StepCode]:
    """The training steps of a program in which a network was recognised.

    Parameters
    ----------
    program : HandedIn
        Its functions and classes.
    plan : Plan
        How its network is called.
    whole : bool
        Whether what was recognised is itself a step: its gradients are read from its update.

    Yields
    ------
    StepCode
        What takes inputs and targets, and is called like a step.

    Examples
    --------
    >>> from teachrnn.submission.functions import Function
    >>> def train_step(params, x, y, lr): ...
    >>> plan = Plan("f", forward=None)
    >>> [code.function.name for code in steps_in(HandedIn.of(train_step), plan)]
    ['train_step']
    """
    steps = () if whole else (plan.forward, *plan.backwards)
    known = {step.function.name for step in steps if step is not None}
    if plan.make is not None:
        kind = plan.make.function.call
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            if name not in known and _is_step(Function.of(method, owner=kind)):  # type: ignore[arg-type]
                yield StepCode(
                    Function.of(method, owner=kind),  # type: ignore[arg-type]
                    True,
                    "\f".join(text_of(method, program, known, kind)),
                )
        return
    for name, function in program.functions.items():
        if name not in known and _is_step(function):
            yield StepCode(function, False, "\f".join(text_of(function.call, program, known, None)))


def _is_step(function: Function) -> bool:
    takes = {role for name in function.arguments for role in lexicon.roles(name)}
    named = bool(_STEP.search(function.name)) and not _NOT.search(function.name)
    return named and {"x", "y"} <= takes


def text_of(call: object, program: HandedIn, leave: set[str], kind: Any) -> Iterator[str]:
    """The text of a function, and of what it calls, once each."""
    return (text for _, text in called_by(call, program, leave=leave, kind=kind))
