"""Whether the update gate z of a GRU keeps the old state or replaces it: what the code says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from teachrnn.submission import lexicon

OLD = ("prev", "old", "last", "before")


@dataclass(frozen=True)
class SenseOfZ:
    """What an expression such as ``(1 - z) * n + z * h`` says.

    Attributes
    ----------
    keeps : bool
        Whether z is the share of the old state that is kept; else it is that of the new one.
    expression : str
        The expression.
    gate, old : str
        What the code calls the gate and the old state; the latter is empty where the other one is known
        to be the new state, because it is made by a tanh.
    """

    keeps: bool
    expression: str
    gate: str
    old: str = ""

    @property
    def said(self) -> str:
        """Where it is from, and how sure it is, in a sentence."""
        does = "keeps" if self.keeps else "replaces"
        sure = f", where `{self.old}` is taken for the old state by its name" if self.old else ""
        return f"That `{self.gate}` {does} the old state is read from `{self.expression}`{sure}."


def senses_of_z(tree: ast.AST) -> Iterator[SenseOfZ]:
    """Every expression that mixes two states by a gate and its complement.

    Parameters
    ----------
    tree : ast.AST
        The code of a forward pass.

    Yields
    ------
    SenseOfZ
        Where it can be told which of the two states is the old one.

    Examples
    --------
    >>> code = "n = np.tanh(a); h = (1 - z) * n + z * h"
    >>> [(sense.gate, sense.keeps) for sense in senses_of_z(ast.parse(code))]
    [('z', True)]
    >>> (sense,) = senses_of_z(ast.parse("h = h_prev + u * (q - h_prev)"))
    >>> sense.keeps, sense.old  # as sure as the name is
    (False, 'h_prev')
    """
    new = {name for name, value in _assigned(tree) if _is_tanh(value)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
            continue
        for gate, times_gate, times_rest in _mixtures(node):
            kept, other = _age(times_gate, new), _age(times_rest, new)
            if kept == other:
                continue
            keeps = kept > other
            certain = _name(times_rest if keeps else times_gate) in new
            old = "" if certain else ast.unparse(times_gate if keeps else times_rest)
            yield SenseOfZ(keeps, ast.unparse(node), ast.unparse(gate), old)


def _mixtures(node: ast.BinOp) -> Iterator[tuple[ast.expr, ast.expr, ast.expr]]:
    """The gate, what it is multiplied by, and what its complement is."""
    for one, other in ((node.left, node.right), (node.right, node.left)):
        for complement, times_rest in _factors(one):
            gate = _complement(complement)
            for same, times_gate in _factors(other) if gate is not None else ():
                if gate is not None and _same(same, gate):
                    yield gate, times_gate, times_rest
        for factor, difference in _factors(other):  # h + z (n - h)
            match difference:
                case ast.BinOp(left=new, op=ast.Sub(), right=old) if _same(old, one):
                    yield factor, new, old


def _factors(node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Both orders of the factors of a product."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        pair = node.left, node.right
    elif isinstance(node, ast.Call) and _name(node.func) == "multiply" and len(node.args) == 2:
        pair = node.args[0], node.args[1]
    else:
        return
    yield pair
    yield pair[::-1]


def _complement(node: ast.expr) -> ast.expr | None:
    """What an expression 1 - z has on its right."""
    match node:
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=gate):
            return gate
    return None


def _same(one: ast.expr, other: ast.expr) -> bool:
    return ast.dump(one) == ast.dump(other)


def _age(node: ast.expr, new: set[str]) -> int:
    """Larger is older: new is what a tanh makes; old is t - 1, "prev", and any name of a state."""
    name = _name(node)
    if name in new:
        return -1
    earlier = isinstance(node, ast.Subscript) and "- 1" in ast.unparse(node.slice)
    if earlier or any(word in name.lower() for word in OLD):
        return 2
    return int("h" in lexicon.roles(name))


def _assigned(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from ((_name(target), node.value) for target in node.targets)


def _is_tanh(value: ast.expr) -> bool:
    """Whether the value is what a function with tanh in its name returns."""
    return isinstance(value, ast.Call) and "tanh" in _name(value.func).lower()


def _name(node: ast.expr) -> str:
    """The name of a variable, of an entry of it, of an attribute."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
