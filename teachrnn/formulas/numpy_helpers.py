"""Short functions that NumPy lacks and a student's program defines: sigmoid and softmax."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from teachrnn.formulas import tree
from teachrnn.formulas.tree import Formula
from teachrnn.formulas.words import written


@dataclass(frozen=True)
class Helper:
    """A function that a program defines.

    Attributes
    ----------
    formula : Formula
        What it computes, of the letter x.
    lines : tuple of str
        Its definition.
    """

    formula: Formula
    lines: tuple[str, ...]


HELPERS: Mapping[str, Helper] = {
    "sigmoid": Helper(
        written(lambda sp, x: x.applyfunc(lambda z: 1 / (1 + sp.exp(-z))), ["x"]),
        ("def sigmoid(a):", "    return 1 / (1 + np.exp(-a))"),
    ),
    "softmax": Helper(
        written(lambda sp, x: x.applyfunc(sp.exp) / sum(x.applyfunc(sp.exp)), ["x"]),
        (
            "def softmax(o):",
            "    e = np.exp(o - np.max(o))  # without the largest, exp cannot overflow",
            "    return e / np.sum(e)",
        ),
    ),
}
"""By the names under which formulas and programs use them."""


def folded(formula: Formula) -> Formula:
    """The formula with what a helper computes named: ``1 / (1 + exp(-a))`` becomes sigmoid(a).

    Examples
    --------
    >>> from teachrnn import Sigmoid
    >>> folded(Sigmoid.definition)
    Applied(operation='sigmoid', argument=Letter(name='x', kind='value', user=''))
    """
    for name, helper in HELPERS.items():
        argument = _argument(helper.formula, formula)
        if argument is not None:
            return tree.Applied(name, folded(argument))
    return formula.rebuilt(folded)


def helpers_in(formula: Formula) -> Iterator[str]:
    """Names of the functions that the code of a formula calls and NumPy does not have."""
    for node in tree.walk(formula):
        if isinstance(node, tree.Applied):
            yield node.operation


def _argument(pattern: Formula, formula: Formula) -> Formula | None:
    """What stands in a formula where a pattern has the letter x; None if it is another formula."""
    found: list[Formula] = []

    def fits(a: Formula, b: Formula) -> bool:
        if a == tree.Letter("x"):
            found.append(b)
            return all(one == b for one in found)
        if type(a) is not type(b) or len(a.parts()) != len(b.parts()):
            return False
        bare = tree.Number(0)  # what is left of a node without its parts
        if a.rebuilt(lambda _: bare) != b.rebuilt(lambda _: bare):
            return False
        return all(fits(one, other) for one, other in zip(a.parts(), b.parts(), strict=True))

    return found[0] if fits(pattern, formula) and found else None
