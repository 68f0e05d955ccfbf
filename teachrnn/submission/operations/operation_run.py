"""One call of a student's operation: what its arguments get, and what comes back."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, permutations, product
from typing import Any

import numpy as np

from teachrnn.diagnosis.operations import OperationCase
from teachrnn.op import Op
from teachrnn.submission import lexicon
from teachrnn.submission.filling import is_cache
from teachrnn.submission.functions import Function
from teachrnn.submission.limits import Paper, StudentError, call
from teachrnn.submission.operations.operation_code import OperationCode
from teachrnn.submission.operations.operation_layout import OperationLayout
from teachrnn.submission.run import by_name

CONTEXT = ("ctx", "context")
OUTPUT = (
    "y out output h a s p probs act activation ret res result probabilities yhat softmax sig ps pred"
)
UPSTREAM = "dout dy dz da dh dp grad gradoutput gradout g delta upstream dl up dnext outgrad error"
"""What the output, and what arrives, are called."""


class Context:
    """What is handed in as ``ctx``, in code that brings no class for it."""

    def save_for_backward(self, *values: Any) -> None:
        """Keep values."""
        self.saved_tensors = self.saved_values = self.saved = self.to_save = values


@dataclass(frozen=True)
class OperationReading:
    """How an operation is called.

    Attributes
    ----------
    op : type of Op
        Which it is.
    layout : OperationLayout
        In which layout.
    inputs : mapping
        Our inputs by the names of the arguments of the forward function (and of the constructor).
    back : mapping
        What the backward function's arguments get: "arrives", "context", "cache", "output", "kept NAME"
        (something that the forward function returned), or "input NAME".
    mean : bool
        Whether the gradients of what is shared by all rows are divided by their number, as in code
        whose loss is a mean that is taken there.
    """

    op: type[Op]
    layout: OperationLayout
    inputs: Mapping[str, str]
    back: Mapping[str, str] = field(default_factory=dict)
    mean: bool = False

    @property
    def takes_upstream(self) -> bool:
        """Whether what arrives is handed in."""
        return "arrives" in self.back.values()


@dataclass
class OperationRun:
    """One use of an operation on a case."""

    code: OperationCode
    reading: OperationReading
    case: OperationCase
    paper: Paper = field(default_factory=Paper)
    brief: bool = False
    target: Any = None
    context: Any = None
    returned: Any = None
    kept: dict[str, Any] = field(default_factory=dict)
    given: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def forward(self) -> Any:
        """Call the forward function, if there is one; what it gives as the output."""
        if self.code.kind is not None:
            if self.code.context is None and not self._has_context:
                self.target = self._made()
            else:
                self.context = (self.code.context or Context)()
        if self.code.forward is None:
            return None
        function = self._bound(self.code.forward)
        arguments = {}
        for name, must in self.code.forward.arguments.items():
            if name in CONTEXT:
                self.context = self.context or Context()
                arguments[name] = self.context
            elif name in self.reading.inputs:
                arguments[name] = self._input(name, self.reading.inputs[name])
            elif must:
                raise StudentError(f"{name} is nothing that is known")
        self.returned = call(function, paper=self.paper, brief=self.brief, seconds=2.0, **arguments)
        if isinstance(self.returned, tuple):
            self.kept = by_name(self.returned, self.code.forward.returns)
            return self.returned[0] if self.returned else None
        return self.returned

    def backward(self) -> Any:
        """Call the backward function with what the forward one left."""
        if self.code.backward is None:
            return self.returned
        function = self._bound(self.code.backward)
        arguments = {}
        for name, what in self.reading.back.items():
            arguments[name] = self._handed(name, what)
        return call(function, paper=self.paper, brief=self.brief, seconds=2.0, **arguments)

    def gradients(self, returned: Any) -> dict[str, Any]:
        """The student's gradients by our names, in their shapes."""
        op, code = self.reading.op, self.code
        function = code.backward or code.forward
        assert function is not None
        wanted = [n for n in self.reading.inputs.values() if op.gradient_methods.get(n) is not None]
        wanted = wanted or [n for n, d in op.gradient_methods.items() if d is not None]
        theirs = {ours: name for name, ours in self.reading.inputs.items()}
        bag = dict(returned) if isinstance(returned, Mapping) else by_name(returned, function.returns)
        found: dict[str, Any] = {}
        for ours in wanted:
            for name, value in bag.items():
                base = lexicon.gradient_of(str(name)) or (
                    name if isinstance(returned, Mapping) else None
                )
                if base is not None and _same_name(base, theirs.get(ours, ours)):
                    found[ours] = value
        if self.target is not None:
            self._of_attributes(found, wanted, theirs)
        rest = [ours for ours in wanted if ours not in found]
        if isinstance(returned, tuple | list) and code.backward is not None:
            given = [v for v in returned if v is not None]
            given = list(returned) if len(given) < len(wanted) else given
            if len(given) == len(wanted):
                found |= {o: v for o, v in zip(wanted, given, strict=True) if o in rest}
        elif not isinstance(returned, Mapping | tuple | list) and returned is not None and rest:
            found[rest[0]] = returned
        return {name: value for name, value in found.items() if value is not None}

    # Inside ------------------------------------------------------------------------------------

    @property
    def _has_context(self) -> bool:
        forward = self.code.forward
        return forward is not None and any(n in CONTEXT for n in forward.arguments)

    def _bound(self, function: Function) -> Any:
        if self.target is not None:
            return getattr(self.target, function.name)
        if self.code.kind is not None:
            return getattr(self.code.kind, function.name)
        return function.call

    def _input(self, name: str, ours: str) -> Any:
        value = self.reading.layout.encode(self.case, ours)
        self.given[name] = (value, value.copy() if isinstance(value, np.ndarray) else value)
        return value

    def _made(self) -> Any:
        kind = self.code.kind
        assert kind is not None
        arguments: dict[str, Any] = {}
        sizes = iter(self._sizes())
        for name, parameter in _constructor(kind).items():
            if name in self.reading.inputs:
                arguments[name] = self._input(name, self.reading.inputs[name])
            elif parameter.default is parameter.empty:
                arguments[name] = next(sizes, 0)
        made = call(kind, paper=self.paper, brief=self.brief, seconds=2.0, **arguments)
        for ours in self.reading.op.shared:
            if ours not in self.reading.inputs.values():
                self._put(made, ours)
        return made

    def _sizes(self) -> list[int]:
        for ours in self.reading.op.shared:
            if self.case.arrays[ours].ndim == 2:
                return list(self.case.arrays[ours].shape[::-1])
        return []

    def _put(self, made: Any, ours: str) -> None:
        """A parameter that the constructor made itself gets our numbers."""
        value = self.reading.layout.encode(self.case, ours)
        for name, there in vars(made).items():
            if (
                isinstance(there, np.ndarray)
                and there.shape == np.shape(value)
                and not name.startswith("d")
            ):
                setattr(made, name, value)
                return
        raise StudentError(f"no attribute has the shape of {ours}")

    def _handed(self, name: str, what: str) -> Any:
        kind, _, of = what.partition(" ")
        if kind == "arrives":
            value = self.reading.layout.upstream(self.case)
        elif kind == "context":
            return self.context
        elif kind == "input":
            return self._input(name, of)
        elif kind == "kept":
            return self.kept[of]
        elif kind == "cache":
            several = isinstance(self.returned, tuple) and len(self.returned) > 1
            if several:
                return self.returned[1] if len(self.returned) == 2 else self.returned[1:]
            return self.returned
        elif self.code.forward is None:
            value = self.reading.layout.forward_value(self.case)
        else:
            return self.returned[0] if isinstance(self.returned, tuple) else self.returned
        self.given[name] = (value, value.copy() if isinstance(value, np.ndarray) else value)
        return value

    def _of_attributes(
        self, found: dict[str, Any], wanted: list[str], theirs: Mapping[str, str]
    ) -> None:
        attributes = vars(self.target)
        for ours in wanted:
            own = theirs.get(ours, ours)
            if ours not in self.reading.op.shared:
                continue
            for name, value in attributes.items():
                base = lexicon.gradient_of(name)
                if base is not None and _same_name(base, own) and value is not None:
                    found[ours] = value
            if ours not in found and isinstance(attributes.get("grads"), dict | list):
                grads = attributes["grads"]
                shared = [n for n in wanted if n in self.reading.op.shared]
                if isinstance(grads, dict):
                    found[ours] = next((g for n, g in grads.items() if _same_name(n, own)), None)
                elif len(grads) == len(shared):
                    found[ours] = grads[shared.index(ours)]


def forward_readings(
    code: OperationCode, op: type[Op], layout: OperationLayout
) -> Iterator[dict[str, str]]:
    """Which of our inputs the arguments may be, likeliest first."""
    arguments: dict[str, bool] = {}
    if code.kind is not None and code.context is None:
        takes = [n for n, p in _constructor(code.kind).items() if p.default is p.empty]
        if len(takes) <= len(op.shared) and not any(_is_size(n) for n in takes):
            arguments |= dict.fromkeys(takes, True)
    function = code.forward or code.backward
    assert function is not None
    if code.forward is None:
        yield {}
        return
    arguments |= {n: must for n, must in function.arguments.items() if n not in CONTEXT}
    must = [name for name, needed in arguments.items() if needed]
    inputs = list(op.inputs)
    by_constructor = [n for n in op.inputs if n not in op.shared] if code.kind is not None else inputs
    if len(must) != len(inputs):
        inputs = by_constructor if code.kind is not None and len(must) == len(by_constructor) else []
    if not inputs or len(must) != len(inputs):
        return
    orders = [dict(zip(must, order, strict=True)) for order in islice(permutations(inputs), 24)]
    yield from sorted(orders, key=lambda order: -agreement(op, order))


def agreement(op: type[Op], inputs: Mapping[str, str]) -> int:
    """How many of the arguments are called like what they are taken for.

    `W @ x` is `x @ W` with the names exchanged, and both readings may give the same numbers.
    """
    return sum(_looks_like(name) == _is(op, ours) for name, ours in inputs.items())


def _is(op: type[Op], ours: str) -> str:
    if ours in op.domain and type(op.domain[ours]).__name__ == "Index":
        return "number"
    axes = len(op.shape_rule.inputs[op.inputs.index(ours)])
    return {2: "matrix", 1: "bias"}.get(axes, "number") if ours in op.shared else "input"


def _looks_like(name: str) -> str:
    if re.match(r"w$|w\d|weight|kernel|table|emb|matrix|mat|w_|V$|U$", name, re.I):
        return "matrix"
    if re.match(r"b$|b\d|bias", name, re.I):
        return "bias"
    roles = lexicon.roles(name)
    return "number" if "y" in roles or re.search(r"idx|index|ind|ids|token", name, re.I) else "input"


def backward_readings(
    code: OperationCode, reading: OperationReading, run: OperationRun
) -> Iterator[dict[str, str]]:
    """What the arguments of the backward function may be, likeliest first."""
    function = code.backward
    if function is None:
        yield {}
        return
    options = []
    names = [n for n, must in function.arguments.items() if must]
    for name in names:
        options.append(_options(name, code, reading, run))
    ranked = sorted(
        islice(product(*(list(enumerate(some)) for some in options)), 2000),
        key=lambda choice: sum(rank for rank, _ in choice),
    )
    seen = 0
    for choice in ranked:
        found = dict(zip(names, (what for _, what in choice), strict=True))
        if len(set(found.values())) == len(found):
            seen += 1
            yield found
            if seen == 40:
                return


def _options(name: str, code: OperationCode, reading: OperationReading, run: OperationRun) -> list[str]:
    short = "".join(c for c in name.lower() if c.isalnum())
    if name in CONTEXT:
        return ["context"]
    several = isinstance(run.returned, tuple) and len(run.returned) > 1
    if name in run.kept and several:
        return [f"kept {name}"]
    if name in reading.inputs:
        return [f"input {reading.inputs[name]}"]
    if is_cache(name) and code.forward is not None:
        return ["cache"]
    if short in UPSTREAM.split() or (short[:1] == "d" and len(short) > 1) or short.startswith("grad"):
        return ["arrives"]
    inputs = [f"input {n}" for n in reading.op.inputs]
    own = [f"input {n}" for n in reading.op.inputs if n.lower() == short]
    whole = [f"input {n}" for n, d in reading.op.domain.items() if type(d).__name__ == "Index"]
    targets = whole if short in lexicon.ROLES["y"].split() and whole else []
    first = ["output", *inputs] if short in OUTPUT.split() else [*inputs, "output"]
    if short in OUTPUT.split() and code.backward is not None and _says_output(code.backward):
        first = ["output"]
    rest = ["cache"] if code.forward is not None else []
    likely = [*targets, *own, *first, *rest, "arrives"]
    return list(dict.fromkeys(likely))


def _says_output(function: Function) -> bool:
    """Whether its docstring says that it is handed what the forward function gives."""
    said = inspect.getdoc(function.call) or ""
    return bool(re.search(r"\b(output|result|already|activated)\b", said)) and "input" not in said


def _constructor(kind: type) -> dict[str, inspect.Parameter]:
    if "__init__" not in vars(kind) and kind.__init__ is object.__init__:  # type: ignore[misc]
        return {}
    return dict(inspect.signature(kind).parameters)


def _is_size(name: str) -> bool:
    return any(role in ("K", "m", "T", "B") for role in lexicon.roles(name)) and len(name) > 1


def _same_name(base: str, name: str) -> bool:
    short = "".join(c for c in base.lower() if c.isalnum())
    return short == "".join(c for c in name.lower() if c.isalnum())
