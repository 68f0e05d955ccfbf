"""One run of a student's code on one case: what is passed, what comes back."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.submission import lexicon
from teachrnn.submission.case import Case
from teachrnn.submission.filling import SIZES, Fill
from teachrnn.submission.form import Form
from teachrnn.submission.graph import PathTo, arrays_in
from teachrnn.submission.limits import Paper, StudentError, call
from teachrnn.submission.plan import Plan, Step
from teachrnn.submission.sequence_form import SequenceForm, encode_state

RATE = 1.0
"""Handed over as the learning rate, so that the gradient can be read from an update."""

_OTHER_CONTAINERS = re.compile(
    r"^(m|v|cache|mem|memory|velocity|moment\w*|adam\w*|opt\w*|grad\w*|grads|dparams|d\w?|buffer\w*|hist\w*|caches|states?)$",
    re.I,
)


@dataclass(frozen=True)
class Arrangement:
    """The layout of our numbers in a student's code: everything inferred before the real run.

    Attributes
    ----------
    cell : str
    forms : dict of str to Form
        Of each parameter of the student's, by name.
    x, y : SequenceForm
    state : str
        Axes of an initial state: "BD", "D1" ...
    upstream : tuple, optional
        For a layer: at which value the gradient is handed in ("h", "o", "p"), and its form.
    shown : dict of str to int
        Of a parameter that has two gradients, which of them was wrong when the code was recognised.
    """

    cell: str
    forms: Mapping[str, Form]
    x: SequenceForm
    y: SequenceForm
    state: str
    upstream: tuple[str, SequenceForm] | None = None
    shown: dict[str, int] = field(default_factory=dict, compare=False)


class Attributes(dict[str, Any]):
    """Parameters under names that can be read as keys and as attributes, as students do."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.__dict__ = self


@dataclass
class ProgramRun:
    """One use of a program.

    Attributes
    ----------
    plan, arrangement, case
        What is called, how it has its numbers, and which.
    target : object or None
        The object whose methods are called.
    passed : dict of str to ndarray
        The arrays that were handed over as parameters, by name, and `before`, copies.
    returned : object
        Of the forward pass; ``bound`` has its parts by name.
    """

    plan: Plan
    arrangement: Arrangement
    case: Case
    paper: Paper = field(default_factory=Paper)
    target: Any = None
    passed: dict[str, Array] = field(default_factory=dict)
    before: dict[str, Array] = field(default_factory=dict)
    inputs: dict[str, Any] = field(default_factory=dict)
    containers: list[tuple[str, Any]] = field(default_factory=list)
    returned: Any = None
    bound: dict[str, Any] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    places: dict[str, PathTo] = field(default_factory=dict)
    root: Any = None
    packed: list[str] = field(default_factory=list)
    """The parameters in a flat vector, in order."""
    brief: bool = False
    """Whether a failure need not say where: one of many attempts."""
    seconds: float | None = None

    def start(self) -> None:
        """Create the object, and store the parameters that are not passed."""
        for name, form in self.arrangement.forms.items():
            if name in self.plan.names:
                self.passed[name] = self.case.encoded(form)
        self.before = {name: p.copy() for name, p in self.passed.items()}
        for name, role in self.plan.sizes.items():
            self.plan.namespace[name] = self._size(role)
        self.root, self.target = standing(self.plan, self._kwargs, self.paper)
        if self.root is not None:
            self.places = {
                path.name: path for path in parameter_places(self.root, known=self.arrangement.forms)
            }
            for name, form in self.arrangement.forms.items():
                if name in self.passed:
                    continue
                array = self.case.encoded(form)
                self.before[name] = array.copy()
                if name in self.places:
                    path = self.places[name]
                    there = path.get(self.root)
                    path.set(self.root, array.astype(there.dtype) if there.dtype.kind == "f" else array)
                elif self.plan.make is None:
                    self.root[name] = array
            if self.plan.make is None and isinstance(self.root, dict):
                for name in self.root:
                    self.plan.namespace[name] = self.root[name]

    def forward(self) -> Any:
        """Call it, and keep what it returns under the names of its ``return``."""
        self.returned = self._call(self.plan.forward)
        self.bound = by_name(self.returned, self.plan.forward.function.returns)
        return self.returned

    def backward(self, step: Step) -> Any:
        """Call a backward pass with what the forward one left."""
        return self._call(step)

    def then(self, step: Step) -> Any:
        """Call another function, such as the loss."""
        return self._call(step)

    def _call(self, step: Step) -> Any:
        function = getattr(self.target, step.method) if step.method else step.function.call
        if step.through is not None:
            function = step.through(function)
        return call(
            function, paper=self.paper, brief=self.brief, seconds=self.seconds, **self._kwargs(step)
        )

    def _kwargs(self, step: Step) -> dict[str, Any]:
        return {name: self.value(name, fill) for name, fill in step.fills.items()}

    def _size(self, role: str) -> int:
        return int(getattr(self.case, role))

    def value(self, name: str, fill: Fill) -> Any:
        """The value of an argument."""
        kind, case, arrangement = fill.kind, self.case, self.arrangement
        if kind in ("x", "y"):
            original = case.given(kind, getattr(arrangement, kind))
            given = _copied(original)
            self.inputs[name] = (given, original)
            return given
        if kind in ("h", "s"):
            if kind not in case.state:
                raise StudentError(f"{name} was taken for a state that a {case.cell} does not have")
            given = encode_state(case.state[kind], arrangement.state)
            self.inputs[name] = (given, given.copy())
            return given
        if kind == "hs":
            return tuple(encode_state(s, arrangement.state) for s in case.state.values())
        if kind in SIZES:
            return self._size(kind)
        if kind == "rate":
            return RATE
        if kind == "slot":
            if name not in self.passed:
                raise StudentError(f"{name} is no parameter that is known")
            return self.passed[name]
        if kind == "container":
            return self._container(fill)
        if kind == "upstream":
            return self._upstream()
        if kind == "upstream_s":
            return encode_state(np.zeros_like(case.state["h"]), arrangement.state)
        if kind == "bound":
            return self.bound[fill.name] if fill.name in self.bound else self._whole(fill.name)
        if kind == "cache" and fill.name:
            return self.returned
        if kind == "state values" and "h" in self.found:
            return self.found["h"].raw
        if kind == "probabilities" and self.found.keys() & {"p", "o"}:
            return self.found["p" if "p" in self.found else "o"].raw
        return self._cache()

    def _container(self, fill: Fill) -> Any:
        if fill.how == "unknown" and not self.passed:
            raise StudentError("what the parameters are called is not known")
        entries: dict[str, Any] = {}
        # By name it may hold more than this function reads; what is unpacked has to be just that.
        more = (
            () if fill.how in ("item", "vector") else tuple(n for n in self.passed if n not in fill.keys)
        )
        for key in (*fill.keys, *more):
            if key in self.passed:
                entries[key] = self.passed[key]
            else:
                roles = lexicon.roles(key)
                sizes = [role for role in roles if role in SIZES]
                if "h" in roles:  # a start that is learned: one for all sequences
                    self.before[key] = entries[key] = self.case.state["h"][0].copy()
                elif sizes:
                    entries[key] = self._size(sizes[0])
        if fill.how == "vector":
            self.packed = [key for key in fill.keys if key in self.passed]
            return np.concatenate([self.passed[key].ravel() for key in self.packed])
        made = list(entries.values()) if fill.how == "item" else Attributes(entries)
        self.containers.append(("parameters", made))
        return made

    def _upstream(self) -> Any:
        if self.arrangement.upstream is None:
            raise StudentError("which value's gradient it takes is not known")
        at, form = self.arrangement.upstream
        given = form.encode(self.case.upstream[at])
        self.inputs["upstream"] = (given, _copied(given))
        return given

    def _whole(self, name: str) -> Any:
        """What the forward pass returned under one name, whose own keys stand in `bound`."""
        if [name] in self.plan.forward.function.returns:
            return self.returned
        raise StudentError(f"the forward pass returned nothing that is called {name}")

    def _cache(self) -> Any:
        for name, value in self.bound.items():
            if re.search("cache|mem|tape|ctx|context|store|saved", name, re.I):
                return value
        if isinstance(self.returned, tuple) and self.returned:
            return self.returned[-1]
        return self.returned


def _copied(given: Any) -> Any:
    if isinstance(given, np.ndarray):
        return given.copy()
    if isinstance(given, dict):
        return {k: _copied(v) for k, v in given.items()}
    return [_copied(one) for one in given] if isinstance(given, list) else given


def standing(plan: Plan, kwargs: Any, paper: Paper) -> tuple[Any, Any]:
    """Where parameters live that are not passed (the object or the globals), and the object."""
    if plan.make is not None:
        made = call(plan.make.function.call, paper=paper, **kwargs(plan.make))
        return made, made
    if plan.globals:
        return {name: plan.namespace[name] for name in plan.globals if name in plan.namespace}, None
    return None, None


def parameter_places(root: Any, *, known: Container[str] = ()) -> dict[PathTo, Array]:
    """The arrays that could be parameters: of floats, with a name, of one axis or two.

    One entry alone is a number, such as a learning rate, unless its name is known: at m = 1, W is one.
    """
    found = {}
    for path, array in arrays_in(root, lists=True).items():
        words = path.name.split(".")
        last_how = path.steps[-1][0] if path.steps else "index"
        if last_how == "index" or array.dtype.kind != "f" or array.ndim not in (1, 2):
            continue
        if array.size < 2 and path.name not in known:
            continue
        if any(_OTHER_CONTAINERS.match(word) for word in words[:-1]) or lexicon.gradient_of(words[-1]):
            continue
        found[path] = array
    return found


def by_name(value: Any, returns: list[list[str]]) -> dict[str, Any]:
    """What was returned, under the names in the text of the ``return``; or under its own keys."""
    if isinstance(value, Mapping):
        return {str(k): v for k, v in value.items()}
    for names in sorted(returns, key=len, reverse=True):
        if len(names) > 1 and isinstance(value, tuple | list) and len(value) == len(names):
            return {n: v for n, v in zip(names, value, strict=True) if n}
    for names in returns:
        if len(names) == 1 and names[0]:
            return {names[0]: value}
    return {}
