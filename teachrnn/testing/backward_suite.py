"""The laws that every backward pass obeys, as one pytest test for any code, or as a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import DTypeLike

from teachrnn.cells import Cell
from teachrnn.testing.backward_laws import Judge
from teachrnn.testing.counterexample import Counterexample, Search
from teachrnn.testing.held_code import HeldCode
from teachrnn.testing.instances import DrawnCase, Limits


def search(
    code: Any,
    *,
    cell: str | type[Cell] | None = None,
    batches: bool = True,
    starts: bool = True,
    dtype: DTypeLike = np.float64,
    limits: Limits | None = None,
    examples: int | None = None,
) -> Search:
    """A search for counterexamples, with the arguments of `backward_suite`."""
    held = HeldCode.of(code, cell=cell, batches=batches, starts=starts, dtype=dtype)
    within = limits or Limits()
    if not held.batches:
        within = replace(within, max_batch=0)
    if not held.starts:
        within = replace(within, starts=(0.0,))
    return Search(Judge(held), within, examples)


def backward_suite(
    code: Any,
    *,
    cell: str | type[Cell] | None = None,
    batches: bool = True,
    starts: bool = True,
    dtype: DTypeLike = np.float64,
    limits: Limits | None = None,
) -> Callable[..., None]:
    """Make a pytest test that checks a backward pass against every law, on cases of random size.

    T, m, K, B, the initial state, the scale of the weights and the symbols are drawn at random. The
    laws: the code runs; it leaves its inputs unchanged; called again, it returns the same; the values of
    the forward pass, the loss, the gradient of each parameter and that of the initial state are right.
    Laws about what the code does not return are skipped, except that a function of an Instance must
    return the gradients of all parameters. A failing case is made as small as possible and reported: its
    numbers, the expected and the actual value, and in which similar cases the code is right::

        test_my_rnn = teachrnn.testing.backward_suite([forward, backward], cell="lstm")

    Parameters
    ----------
    code : functions, class, module, path, Submission, or function of an Instance
        What `check_backward` takes: code in its own layout, or a `Submission`, which also says how the
        code is called. Or a function with one required argument: it is called with an `Instance` and
        returns the gradients of the loss, summed over steps and sequences, as a dict by the names of
        the parameters; (loss, gradients); or an `Answer`.
    cell : str or type of Cell, optional
        Which cell it is; by default it is recognised, or vanilla for a function of an Instance.
    batches : bool
        Whether a function of an Instance takes several sequences at once.
    starts : bool
        Whether such a function takes an initial state; if not, the initial state is 0.
    dtype : dtype
        The precision in which such a function computes.
    limits : Limits, optional
        How large cases may be.

    Returns
    -------
    callable
        A test, which pytest finds under the name that you assign it to.

    Examples
    --------
    >>> from teachrnn import backpropagate
    >>> def ours(instance):
    ...     return backpropagate(instance.trace).gradients()
    >>> test_ours = backward_suite(ours)
    """
    held = search(code, cell=cell, batches=batches, starts=starts, dtype=dtype, limits=limits)
    name = held.judge.code.name

    @pytest.mark.parametrize("law", list(held.judge.laws), ids=lambda law: f"{name}.{law}")
    def test_law(law: str) -> None:
        hold(held, law)

    return test_law


def hold(held: Search, law: str) -> None:
    """Fail with the smallest case in which a law does not hold; skip if it could not be checked."""
    found = held.counterexample(law)
    if found is not None:
        pytest.fail(str(found), pytrace=False)
    if held.judge.open(law):
        pytest.skip(held.judge.open(law))


@dataclass(frozen=True)
class PropertyReport:
    """Which laws a backward pass obeys; its text says how the others fail.

    Attributes
    ----------
    held : list of str
        The laws that hold.
    counterexamples : list of Counterexample
        For each law that does not, the smallest case.
    open : dict
        For each law that could not be checked, why.
    """

    held: Sequence[str]
    counterexamples: Sequence[Counterexample]
    open: dict[str, str]

    @property
    def holds(self) -> bool:
        """Whether no law is broken."""
        return not self.counterexamples

    def __str__(self) -> str:
        lines = [
            f"{len(self.held)} laws hold: {', '.join(self.held)}." if self.held else "No law holds."
        ]
        lines += [f"{law} was not checked: {why}." for law, why in self.open.items()]
        shown: dict[DrawnCase, str] = {}
        parts = ["\n".join(lines)]
        for example in self.counterexamples:
            first = shown.setdefault(example.case, example.law)
            same = f"{example.law}: {example.message}\nThe case is the same as for {first}."
            parts.append(str(example) if first == example.law else same)
        return "\n\n".join(parts)


def check_properties(
    code: Any,
    *,
    cell: str | type[Cell] | None = None,
    batches: bool = True,
    starts: bool = True,
    dtype: DTypeLike = np.float64,
    limits: Limits | None = None,
    examples: int = 50,
) -> PropertyReport:
    """Check a backward pass against every law of `backward_suite`, without pytest.

    Parameters
    ----------
    code, cell, batches, starts, dtype, limits
        As for `backward_suite`.
    examples : int
        How many cases are tried.

    Returns
    -------
    PropertyReport
        The laws that hold, and the smallest case for each that does not.

    Examples
    --------
    >>> from teachrnn import backpropagate
    >>> def without_carry(instance):
    ...     gradients = backpropagate(instance.trace).gradients()
    ...     return {**gradients, "W": gradients["W"] * (instance.T == 1)}
    >>> report = check_properties(without_carry, examples=20)
    >>> print(report.counterexamples[0].law, *report.counterexamples[0].clues.kinds)
    dW at T = 1: look at what you carry back from each step to the one before
    """
    held = search(
        code,
        cell=cell,
        batches=batches,
        starts=starts,
        dtype=dtype,
        limits=limits,
        examples=examples,
    )
    found = {law: held.counterexample(law) for law in held.judge.laws}
    still_open = {law: held.judge.open(law) for law in found if held.judge.open(law)}
    return PropertyReport(
        [law for law, example in found.items() if example is None and law not in still_open],
        [example for example in found.values() if example is not None],
        still_open,
    )
