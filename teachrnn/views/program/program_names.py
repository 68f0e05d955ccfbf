"""The letters of a program: what they are called, what they stand for, and formulas in them."""

from __future__ import annotations

from collections import defaultdict

from teachrnn.formulas import tree
from teachrnn.formulas.name import Name, timeless
from teachrnn.formulas.numpy_rule import numpy_rule
from teachrnn.formulas.tree import Formula, Letter
from teachrnn.op import OPS, Value
from teachrnn.trace import Trace
from teachrnn.views.program.identifiers import Identifiers
from teachrnn.views.program.instruction import Instruction, Instructions, Use

LOSS, NEXT = "the loss so far", "what comes from the next time step"
"""Two further names that a letter can have in a program; ``Letter.user`` says which."""


class ProgramNames:
    """The letters of one program. It is the `Spelling` of its formulas.

    The way back is written first: what it looks at (`needed`) has to be kept on the way forward.

    Parameters
    ----------
    trace : Trace
        The record that becomes a program.
    axes : dict
        How many axes its values have, by their index.
    """

    def __init__(self, trace: Trace, axes: dict[int, int]) -> None:
        self.trace = trace
        self.core = axes
        self.do = Instructions.of(trace)
        self.loop = self.do.times is not None
        self.uses: dict[str, Use] = {}
        self.identifiers = Identifiers()
        for value in trace.values:
            self.called(self.use(value))
        self.kinds = {self.name(v): axes[v.index] for v in trace.values if v.index in axes}
        self.results = {one.result.name: one for one in self.do.all}
        self.readers: dict[str, list[tuple[Instruction, Use]]] = defaultdict(list)
        for one in self.do.all:
            for use in one.operands:
                self.readers[use.name].append((one, use))
        self.live = self._live() if trace.losses else set()
        self.shared = {one.result.name: self._shared(one) for one in self.do.all}
        self.going_back = True
        self.needed: set[str] = set()

    def use(self, value: Value) -> Use:
        """A value, as an instruction of its own time step uses it."""
        return Use(self.name(value), 0 if self.loop and value.t is not None else None)

    def name(self, value: Value) -> str:
        """What a value is known by here: in a loop its name without the time step."""
        return timeless(value.name) if self.loop else value.name

    def key(self, use: Use) -> str:
        """The name of a letter that stands for a value."""
        key = f"{use.name}\0{use.by}"
        self.uses[key] = use
        return key

    def called(self, use: Use, *, before: str = "", after: str = "") -> str:
        """The identifier of a value, without its time step."""
        timed = use.by is not None if self.loop else self._t(use.name) is not None
        return self.identifiers.of(timeless(use.name), timed=timed, before=before, after=after)

    def axes(self, node: Letter) -> int:
        """How many axes a letter has."""
        return self.kinds[self.uses[node.name].name]

    def letter(self, node: Letter) -> str:
        """What a letter is called."""
        use = self.uses[node.name]
        if node.user == LOSS:
            return "loss"
        if node.user == NEXT:
            return self.called(use, before="d", after="_next")
        if node.kind == "total":
            called = self.called(use, before="d")
            return called if self.loop and use.name in self.results else called + self.time(use)
        if self.going_back:
            self.needed.add(use.name)
        called = self.called(use)
        return called + self.time(use) if self.is_kept(use) else called

    def time(self, use: Use) -> str:
        """What follows the identifier of a value that belongs to a time step."""
        if self.loop:
            return "" if use.by is None else f"[t{use.by:+d}]" if use.by else "[t]"
        t = self._t(use.name)
        return "" if t is None else f"[{t}]"

    def _t(self, name: str) -> int | None:
        return self.trace[name].t if name in self.trace else Name.of(name).t

    def is_kept(self, use: Use) -> bool:
        """Whether a value is kept under its time step, for later."""
        name = use.name
        if not self.loop or name not in self.results or name in self.needed:
            return True
        read = self.readers[name]
        return any(other.by for _, other in read) or not (read or self.do.losses[name])

    # Formulas --------------------------------------------------------------------------------

    def formula(self, one: Instruction, target: str | None) -> Formula:
        """What an instruction computes, or the gradient for one input, in the letters of the program."""
        op = type(one.op)
        names = {op.output: self.key(one.result)}
        for own, value, use in zip(op.inputs, one.op.operands, one.operands, strict=True):
            number = value.role == "constant" and value.data.ndim == 0
            names[own] = repr(value.data.item()) if number else self.key(use)
        return numpy_rule(op, target).renamed(names)

    def said(self, one: Instruction, target: str | None) -> Formula:
        """The same, with what forward and back have in common under the name that it is kept by."""
        shared = self.shared[one.result.name]

        def put(node: Formula) -> Formula:
            return Letter(self.key(shared[node])) if node in shared else node.rebuilt(put)

        return put(self.formula(one, target))

    def _shared(self, one: Instruction) -> dict[Formula, Use]:
        """What forward and back both compute, such as softmax(o), and what to keep it as."""
        if one.result.name not in self.live:
            return {}
        ahead = _calls(self.formula(one, None))
        back = {
            call for _, own, _ in type(one.op).differentiable for call in _calls(self.formula(one, own))
        }
        found: dict[Formula, Use] = {}
        for call in (call for call in ahead if call in back):
            known = next((op for op in OPS.values() if op.__name__.lower() == call.operation), None)
            letter = call.operation if known is None else known.output
            name = self._free_name(letter, one.result.name)
            found[call] = Use(name, one.result.by)
            self.kinds[name] = self.axes(call.argument) if isinstance(call.argument, Letter) else 1
            self.called(found[call])
        return found

    def _free_name(self, letter: str, beside: str) -> str:
        name = Name.of(beside)
        count = 1
        while True:
            numbered = letter if count == 1 else f"{letter}{count}"
            found = str(Name(numbered, name.layer, name.gate, name.t))
            if found not in self.kinds:
                return found
            count += 1

    def _live(self) -> set[str]:
        """The results that the loss depends on."""
        live = {name for name in self.results if self.do.losses[name]}
        before = -1
        while before != len(live):  # in a loop, what comes later reaches what came earlier
            before = len(live)
            for one in reversed(self.do.all):
                if one.result.name in live:
                    at = [one.operands[i].name for i, _, _ in type(one.op).differentiable]
                    live.update(name for name in at if name in self.results)
        return live


def _calls(formula: Formula) -> list[tree.Applied]:
    return [node for node in tree.walk(formula) if isinstance(node, tree.Applied)]
