"""The loop back: where a gradient arrives it is added up, then it goes on to what made the value."""

from __future__ import annotations

from collections import defaultdict
from functools import reduce

from teachrnn.formulas import tree
from teachrnn.formulas.numpy_code import Owned
from teachrnn.formulas.numpy_statement import accumulated, assigned
from teachrnn.formulas.tree import Formula, Letter
from teachrnn.op import Value
from teachrnn.views.program.instruction import Instruction, Use
from teachrnn.views.program.line_block import LineBlock
from teachrnn.views.program.program_names import NEXT, ProgramNames


class WayBack:
    """The statements of the way back, in a loop those of one time step.

    Parameters
    ----------
    names : ProgramNames
        The letters of the program.
    indent : str
        What each line begins with.

    Attributes
    ----------
    block : LineBlock
        The statements.
    gradient : dict
        The gradient of each result, as a formula: a name, or what is passed on without one.
    sums : dict
        What has a gradient that is added up over time, by its name.
    arrived : dict
        What has been sent to values that no instruction of the way back has taken.
    passed : dict
        The gradients that an instruction passes on as they are, by the name of its result.
    made : dict
        The line that a gradient is made in, by the name of the value.
    """

    def __init__(self, names: ProgramNames, indent: str) -> None:
        self.names = names
        self.block = LineBlock(indent)
        self.gradient: dict[str, Formula] = {}
        self.arrived: dict[Use, list[Owned]] = defaultdict(list)
        self.sums: dict[str, Value] = {}
        self.passed: dict[str, list[str]] = defaultdict(list)
        self.made: dict[str, int] = {}
        for one in reversed(names.do.all):
            if one.result.name in names.live:
                self._arrives(one)
                self._goes_on(one)
        for use in sorted(self.arrived, key=lambda use: use.by == -1):
            self._leaves(use)

    def _arrives(self, one: Instruction) -> None:
        """The gradient of a result: the sum of what its uses have sent."""
        use, name = one.result, one.result.name
        parts = self.arrived.pop(use, [])
        total = Letter(self.names.key(use), "total")
        summands: list[Formula] = [*parts]
        if self.names.do.losses[name]:
            count = self.names.do.losses[name]
            ones = tree.Filled(1) if self.names.kinds[name] else tree.Number(1)
            summands.insert(0, ones if count == 1 else tree.Product(tree.Number(count), ones))
        if self.is_carried(name):
            summands.append(Letter(self.names.key(use), "total", NEXT))
        if len(summands) == 1:
            only = parts[0].formula if parts else summands[0]
            if isinstance(only, Letter | tree.Number) and getattr(only, "user", "") != NEXT:
                self.gradient[name] = only
                for part in parts:
                    self.passed[part.owner].insert(0, self.names.letter(total))
                return
        self.gradient[name] = total
        last = frozenset(part.owner for part in parts[-1:])
        like = Letter(self.names.key(use))
        self.block.add(
            assigned(total, reduce(tree.Plus, summands), self.names, like), t=one.op.t, whole=last
        )
        self.made[name] = len(self.block.lines) - 1

    def _goes_on(self, one: Instruction) -> None:
        """What an instruction sends to its operands."""
        own = self.names.key(one.result)

        def arriving(node: Formula) -> Formula:
            if node == Letter(own, "total"):
                return self.gradient[one.result.name]
            return node.rebuilt(arriving)

        for position, target, _ in type(one.op).differentiable:
            value, use = one.op.operands[position], one.operands[position]
            if value.role == "constant":
                continue
            formula = _without_ones(arriving(self.names.said(one, target)))
            owned = Owned(formula, one.result.name)
            timed = use.by is not None if self.names.loop else value.role != "parameter"
            if timed or use.name in self.names.results:
                self.arrived[use].append(owned)
                continue
            self.sums.setdefault(use.name, value)
            total = Letter(self.names.key(use), "total")
            added = accumulated(total, owned, self.names, Letter(self.names.key(use)))
            self.block.add(added, t=one.op.t, whole=frozenset([one.result.name]))

    def _leaves(self, use: Use) -> None:
        """The gradient of what was given at a time step, or what goes to the time step before."""
        total = Letter(self.names.key(use), "total")
        summands: list[Formula] = [*self.arrived[use]]
        if self.in_next(use):
            total = total.changed(user=NEXT)
        elif self.is_carried(use.name):
            summands.append(total.changed(user=NEXT))
        like = Letter(self.names.key(use))
        t = self.names.results[self.arrived[use][0].owner].op.t
        alone = frozenset(part.owner for part in self.arrived[use] if len(summands) == 1)
        self.block.add(assigned(total, reduce(tree.Plus, summands), self.names, like), t=t, whole=alone)

    def is_carried(self, name: str) -> bool:
        """Whether a gradient comes from the next time step."""
        if not self.names.loop:
            return False
        now = name in self.names.results or any(use.by == 0 for _, use in self.names.readers[name])
        return now and any(
            use.by == -1 and one.result.name in self.names.live and self._sends(one, use)
            for one, use in self.names.readers[name]
        )

    def in_next(self, use: Use) -> bool:
        """Whether what was sent to a value goes to the time step before."""
        return use.by == -1 and self.is_carried(use.name)

    def _sends(self, one: Instruction, use: Use) -> bool:
        return any(
            one.operands[i] == use and one.op.operands[i].role != "constant"
            for i, _, _ in type(one.op).differentiable
        )


def _without_ones(formula: Formula) -> Formula:
    """The formula without factors of 1."""
    formula = formula.rebuilt(_without_ones)
    one = tree.Number(1)
    if isinstance(formula, tree.Product | tree.Elementwise):
        if formula.left == one:
            return formula.right
        if formula.right == one:
            return formula.left
    if isinstance(formula, tree.Sum) and formula.index is None:
        return formula.body
    return formula
