"""One call of a training step: what stands ready for it, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.submission import lexicon
from teachrnn.submission.filling import Fill
from teachrnn.submission.limits import call
from teachrnn.submission.run import Attributes, ProgramRun, by_name
from teachrnn.submission.sequence_form import decode_state
from teachrnn.submission.training_steps.hyper_names import HANDED, hyper_called
from teachrnn.submission.training_steps.kept_arrays import entries, fill, kept_in, leaf, space_of
from teachrnn.submission.training_steps.step_arguments import KEPT
from teachrnn.submission.training_steps.step_code import StepCode

THIRD = 3
"""Which update it is: in the first one, what counts them could be wrong unseen."""


@dataclass
class StepRun:
    """A training step on a case.

    Attributes
    ----------
    run : ProgramRun
        Of the network, started: it has the parameters in their places.
    code : StepCode
        The step.
    gets : mapping
        What its arguments get.
    fills : mapping
        How the network's functions have the same.
    names : list of str
        The parameters.
    limit : float
        To what gradients are clipped, where that is not written in the code.
    rng : Generator
        For what was kept from earlier steps.
    """

    run: ProgramRun
    code: StepCode
    gets: Mapping[str, str]
    fills: Mapping[str, Fill]
    names: list[str]
    limit: float
    rng: np.random.Generator
    memory: dict[str, dict[str, Array]] = field(default_factory=dict)
    hyper: dict[str, float] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)

    def call(self) -> None:
        """Put numbers into what is kept from step to step, and make the step."""
        for name, container in self._kept().items():
            self.memory[name] = self._drawn()
            fill(container, self.memory[name])
        self._set_hyper()
        for name, what in self.gets.items():
            self.arguments[name] = self._value(name, what)
        function = self.code.function
        bound = getattr(self.run.target, function.name) if self.code.method else function.call
        self.parts = by_name(call(bound, paper=self.run.paper, **self.arguments), function.returns)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Of the parameters."""
        return {n: self.run.before[n].shape for n in self.names}

    def after(self) -> dict[str, Array]:
        """The parameters: returned, in the argument, in the object or the globals."""
        run = self.run
        for name, what in self.gets.items():
            if what == "container":
                container = self.parts.get(name, self.arguments[name])
                return {n: np.array(a) for n, a in entries(container, self.names).items()}
        if run.target is not None or run.plan.globals:
            root = run.root if run.target is not None else run.plan.namespace
            return {n: np.array(run.places[n].get(root)) for n in self.names}
        return {n: np.array(self.parts.get(n, run.passed[n])) for n in self.names}

    def memory_after(self) -> dict[str, dict[str, Array]]:
        """What is kept; what the step has made itself was zero before."""
        there = self._kept()
        found = {}
        for name in self.memory:
            container = self.parts.get(name, self.arguments.get(name, there.get(name)))
            found[name] = entries(container, self.names)
        for name, container in there.items():
            if name not in self.memory:
                self.memory[name] = {n: np.zeros(s) for n, s in self.shapes.items()}
                found[name] = entries(container, self.names)
        return found

    def loss(self) -> float | None:
        """What is returned under the name of a loss."""
        for name, value in self.parts.items():
            if lexicon.is_loss(name) and np.size(value) == 1:
                return float(np.ravel(value)[0])
        return None

    def state(self) -> Array | None:
        """What is returned as the state to go on with, (B, m)."""
        B, m = self.run.case.B, self.run.case.m
        for name, value in self.parts.items():
            short = name.removesuffix("[]")
            if "h" in lexicon.roles(short) or short in ("hs", "H"):
                found = None if isinstance(value, float) else decode_state(value, B, m)
                if found is not None:
                    return found
        return None

    # Inside ------------------------------------------------------------------------------------

    def _drawn(self) -> dict[str, Array]:
        """Positive, as sums of squares are."""
        return {n: self.rng.uniform(0.5, 2.0, size=s) for n, s in self.shapes.items()}

    def _kept(self) -> dict[str, Any]:
        run = self.run
        if run.target is None and not run.plan.globals:
            return {}
        root = run.target if run.target is not None else run.plan.namespace
        heads = {path.name.partition(".")[0] for path in run.places.values() if "." in path.name}
        used = {id(value) for name, value in space_of(root).items() if name in heads}
        return kept_in(root, self.shapes, used)

    def _set_hyper(self) -> None:
        """Set or read the hyper-parameters that have a name; what counts the updates is put on."""
        run = self.run
        root = run.target if run.target is not None else run.plan.namespace
        spaces = [space_of(root)]
        if run.target is not None:
            spaces += [vars(v) for v in spaces[0].values() if hasattr(v, "__dict__")]
        for space in spaces:
            for name, value in list(space.items()):
                called = hyper_called(name)
                number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
                if not called or not number:
                    continue
                if called == "limit":
                    space[name] = self.hyper["limit"] = self.limit
                elif run.target is None and name in self.code.text and called != "t":
                    self.hyper.setdefault(called, float(value))
                elif run.target is not None and called == "t":
                    space[name] = int(value) + THIRD - 1
                elif run.target is not None:
                    space[name] = self.hyper[called] = HANDED[called]
        for what in self.gets.values():
            if what in HANDED:
                self.hyper[what] = HANDED[what]
            elif what == "limit":
                self.hyper["limit"] = self.limit

    def _value(self, name: str, what: str) -> Any:
        whole = next((f for f in self.fills.values() if f.kind == "container"), None)
        if what == KEPT:
            self.memory[name] = self._drawn()
            copies = {leaf(n): a.copy() for n, a in self.memory[name].items()}
            by_key = whole is None or whole.how not in ("item", "vector")
            return Attributes(copies) if by_key else list(copies.values())
        if what in self.hyper:
            return self.hyper[what]
        if what == "t":
            return THIRD
        if what == "container" and whole is not None:
            return self.run.value(name, whole)
        return self.run.value(name, self.fills.get(name, Fill(what)))
