"""The lines of an update, as an optimizer's formula states them, and the slips in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache

from teachrnn.diagnosis.replaced import replaced
from teachrnn.diagnosis.slips import LettersAtHand, WrongFormula, wrong_formulas
from teachrnn.diagnosis.updates.slips_of_updates import NothingChanged, OldNumber, SharesExchanged
from teachrnn.formulas.text import text
from teachrnn.formulas.tree import Formula, Function, Letter, walk
from teachrnn.formulas.words import TREES
from teachrnn.optimizers import OPTIMIZERS, Optimizer

GREEK = {
    "eta": "η",
    "epsilon": "ε",
    "beta1": "β1",
    "beta2": "β2",
    "mu": "μ",
    "gamma": "γ",
    "weight_decay": "λ",
}
"""The Greek letters of the hyper-parameters."""
THETA, NEW_THETA, G, T = Letter("θ[t-1]"), "θ[t]", Letter("g"), Letter("t")


@dataclass(frozen=True)
class UpdateLine:
    """One line of an update, which computes one new value.

    Attributes
    ----------
    left : str
        The new value: the parameters, "θ[t]", or a vector of the optimizer's state, such as "m[t]".
    right : Formula
        How it is computed from g, t, hyper-parameters, old values and new ones.
    """

    left: str
    right: Formula

    def __str__(self) -> str:
        return f"{self.left} = {text(self.right)}"


@dataclass(frozen=True)
class UpdateRule:
    """An optimizer in one of its conventions.

    Attributes
    ----------
    optimizer : str
        Its name.
    lines : tuple of UpdateLine
        The lines of the state, in order; that of the parameters comes last.
    said : str
        The convention in words; "" for that of the optimizer's own formula.
    """

    optimizer: str
    lines: tuple[UpdateLine, ...]
    said: str = ""

    @property
    def state(self) -> tuple[str, ...]:
        """The names of the vectors that are kept from update to update."""
        return tuple(line.left.partition("[")[0] for line in self.lines[:-1])


def rules() -> Iterator[UpdateRule]:
    """Every registered optimizer, in every convention that is known for it.

    Yields
    ------
    UpdateRule
        One convention.

    Examples
    --------
    >>> adagrad = next(rule for rule in rules() if rule.optimizer == "adagrad")
    >>> [str(line) for line in adagrad.lines]
    ['m[t] = m[t-1] + g^2', 'θ[t] = θ[t-1] − (η / sqrt(m[t])) g']
    """
    for name, kind in OPTIMIZERS.items():
        names = [field.name for field in fields(kind)]
        for inside in (True, False) if "epsilon_inside" in names else (None,):
            rule = _rule(name, kind, inside)
            yield rule
            if inside:
                yield _with_epsilon(rule)
    yield from _momentum()


def _rule(name: str, kind: type[Optimizer], inside: bool | None) -> UpdateRule:
    names = [field.name for field in fields(kind) if field.name != "epsilon_inside"]
    hyper = {n: Letter(GREEK.get(n, n)) for n in names}
    flags = {} if inside is None else {"epsilon_inside": inside}
    old = [Letter(f"{n}[t-1]") for n in kind.state]
    theta, new = kind.formula(TREES, THETA, G, T, *old, **hyper, **flags)
    lines = [UpdateLine(f"{n}[t]", new[n]) for n in kind.state]
    for line in lines:
        theta = replaced(theta, line.right, Letter(line.left))
    return UpdateRule(name, (*lines, UpdateLine(NEW_THETA, theta)))


def _with_epsilon(rule: UpdateRule) -> UpdateRule:
    """With ε added under the root at every update, where the formula has it in the memory already."""
    line = rule.lines[-1]
    right = line.right
    for other in rule.lines[:-1]:
        root = Function("sqrt", (Letter(other.left),))
        right = replaced(right, root, Function("sqrt", (Letter(other.left) + Letter("ε"),)))
    return UpdateRule(rule.optimizer, (*rule.lines[:-1], UpdateLine(line.left, right)))


def _momentum() -> Iterator[UpdateRule]:
    """Momentum as others write it: the velocity of the other sign, or without the learning rate."""
    v, new, eta, mu = Letter("v[t-1]"), Letter("v[t]"), Letter("η"), Letter("μ")
    for state, theta, said in (
        (mu * v + eta * G, THETA - new, "the velocity points the way of the gradient"),
        (mu * v + G, THETA - eta * new, "the learning rate is outside the velocity"),
        (mu * v + (1 - mu) * G, THETA - eta * new, "the velocity is a moving mean of the gradient"),
    ):
        yield UpdateRule("momentum", (UpdateLine("v[t]", state), UpdateLine(NEW_THETA, theta)), said)


@lru_cache
def slips_in(rule: UpdateRule, line: UpdateLine) -> tuple[WrongFormula, ...]:
    """The wrong ways to write a line that differ from it by one slip.

    Parameters
    ----------
    rule : UpdateRule
        The update.
    line : UpdateLine
        One of its lines.

    Returns
    -------
    tuple of WrongFormula
        The wrong right sides.

    Examples
    --------
    >>> sgd = next(rule for rule in rules() if rule.optimizer == "sgd")
    >>> [text(wrong.formula) for wrong in slips_in(sgd, sgd.lines[-1])][:2]
    ['θ[t-1]', '−η g']
    """
    kinds: dict[str, object] = {"g": "vector"}
    for name in rule.state:
        kinds |= {f"{name}[t-1]": "vector"}
        if line.left == NEW_THETA or f"{name}[t]" != line.left:
            kinds |= {f"{name}[t]": "vector"}
    kinds |= {"β1": "share", "β2": "share"}
    found = wrong_formulas(line.right, LettersAtHand(kinds))
    if line.left == NEW_THETA:
        earlier = replaced(line.right, T, T - 1)
        words = "is made with the number of the previous update: t is increased too late, or never"
        found += [WrongFormula(earlier, words, OldNumber)] if earlier != line.right else []
        found.append(WrongFormula(THETA, "is the old one: nothing is changed", NothingChanged))
    shares = [Letter(name) for name in ("β1", "β2", "γ", "μ")]
    for share in shares:
        exchanged = _exchanged(line.right, share)
        if exchanged != line.right:
            words = f"has {text(share)} and 1 − {text(share)} exchanged"
            found.append(WrongFormula(exchanged, words, SharesExchanged))
    return tuple(found)


def twice(rule: UpdateRule, line: UpdateLine) -> Iterator[tuple[WrongFormula, WrongFormula]]:
    """The wrong ways to write a line that differ from it by two slips.

    Parameters
    ----------
    rule : UpdateRule
        The update.
    line : UpdateLine
        One of its lines.

    Yields
    ------
    WrongFormula, WrongFormula
        The line with the first slip, and the same line with the second one, too.
    """
    for first in slips_in(rule, line):
        changed = UpdateLine(line.left, first.formula)
        for second in slips_in(rule, changed):
            yield first, second


def _exchanged(formula: Formula, share: Letter) -> Formula:
    if formula == 1 - share:
        return share
    if formula == share:
        return 1 - share
    return formula.rebuilt(lambda part: _exchanged(part, share))


def hyper_letters(formula: Formula) -> list[str]:
    """The hyper-parameters that occur in a formula.

    Parameters
    ----------
    formula : Formula
        The formula.

    Returns
    -------
    list of str
        Their names in Python, such as "eta".
    """
    inside = {node.name for node in walk(formula) if isinstance(node, Letter)}
    return [name for name, letter in GREEK.items() if letter in inside]
