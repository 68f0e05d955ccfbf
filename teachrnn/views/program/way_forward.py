"""The loop forward: a statement for each operation, but for those that are written inside a sum."""

from __future__ import annotations

from teachrnn.formulas import tree
from teachrnn.formulas.code_line import Code
from teachrnn.formulas.numpy_code import Owned
from teachrnn.formulas.numpy_statement import accumulated, assigned
from teachrnn.formulas.tree import Formula, Letter
from teachrnn.views.program.instruction import Instruction
from teachrnn.views.program.line_block import LineBlock
from teachrnn.views.program.program_names import LOSS, ProgramNames


class WayForward:
    """The statements of the way forward, in a loop those of one time step.

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
    inside : dict
        The results that have no line of their own, by the names of their letters.
    """

    def __init__(self, names: ProgramNames, indent: str) -> None:
        self.names = names
        self.block = LineBlock(indent)
        self.inside: dict[str, Owned] = {}
        for one in names.do.all:
            self._write(one)

    def _write(self, one: Instruction) -> None:
        name = one.result.name
        for call, use in self.names.shared[name].items():
            kept = Letter(self.names.key(use))
            statements = assigned(kept, Owned(self._with_inside(call), name), self.names, kept)
            self.block.add(statements, t=one.op.t, whole=frozenset([name]))
        formula = Owned(self._with_inside(self.names.said(one, None)), name)
        if self._is_inside(one):
            self.inside[self.names.key(one.result)] = formula
        else:
            self.block.add(self._set(one, formula), t=one.op.t, whole=frozenset([name]))

    def _with_inside(self, formula: Formula) -> Formula:
        """A formula with those results in it that have no line of their own."""
        if isinstance(formula, Letter) and formula.name in self.inside:
            return self.inside[formula.name]
        return formula.rebuilt(self._with_inside)

    def _is_inside(self, one: Instruction) -> bool:
        """Whether a result is written inside the only sum that it is used in."""
        name = one.result.name
        if name in self.names.needed or self.names.do.losses[name] or len(self.names.readers[name]) != 1:
            return False
        [(reader, use)] = self.names.readers[name]
        if use.by or reader.op.t != one.op.t:
            return False
        letter = Letter(self.names.key(use))
        formula = self.names.said(reader, None)
        return sum(node == letter for node in tree.walk(formula)) == 1 and letter in _summands(formula)

    def _set(self, one: Instruction, formula: Owned) -> list[Code]:
        """The statements that set a result, and count it in the loss."""
        name, letter = one.result.name, Letter(self.names.key(one.result))
        count = self.names.do.losses[name]
        if not count:
            return assigned(letter, formula, self.names, letter)
        loss = letter.changed(user=LOSS)
        statements = []
        counted: Formula = formula
        if name in self.names.needed or self.names.readers[name]:
            statements = assigned(letter, formula, self.names, letter)
            counted = Owned(letter, name)
        if self.names.kinds[name]:
            counted = Owned(tree.Call("np.sum", (counted,)), name)
        return statements + accumulated(loss, counted, self.names, loss) * count


def _summands(formula: Formula) -> list[Formula]:
    """What a formula adds up."""
    if isinstance(formula, tree.Plus):
        return [*_summands(formula.left), *_summands(formula.right)]
    return [formula]
