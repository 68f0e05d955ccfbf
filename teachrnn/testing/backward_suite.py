"""The laws that every backward pass obeys, as one pytest test for anybody's, or as a report."""

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
    """Make a pytest test that holds a backward pass to every law, on cases of random size.

    Drawn are T, m, K, B, the initial state, the scale of the weights and the symbols. The laws: it
    runs; what it is handed is left alone; called again it gives the same; values of the forward pass,
    the loss, the gradient of each parameter and that of the initial state are right. What is not
    returned is skipped, except, of a function of an Instance, gradients of parameters. A case that fails
    is made as small as it will go, and read out: its numbers, what should be and what is, and in which
    cases, otherwise like it, the code is right::

        test_my_rnn = teachrnn.testing.backward_suite([forward, backward], cell="lstm")

    Parameters
    ----------
    code : functions, class, module, path, Submission, or function of an Instance
        What `check_backward` takes: code in its own layout, or that as a `Submission`, with all that is
        to be said of it. Or a function that needs one argument: it is handed an `Instance`, and gives
        the gradients of the loss, summed over steps and sequences, as a dict by the names of the
        parameters; (loss, gradients); or an `Answer`.
    cell : str or type of Cell, optional
        Which cell it is; if not given it is found out, or vanilla for a function of an Instance.
    batches : bool
        Of a function of an Instance, whether it takes several sequences at once.
    starts : bool
        Of such a function, whether it takes an initial state; if not, that is 0.
    dtype : dtype
        Of such a function, in which precision it computes.
    limits : Limits, optional
        How large cases may be.

    Returns
    -------
    callable
        A test, for pytest to find under the name that it is given.

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
    """Fail with the smallest case in which a law does not hold; skip where nothing is held to it."""
    found = held.counterexample(law)
    if found is not None:
        pytest.fail(str(found), pytrace=False)
    if held.judge.open(law):
        pytest.skip(held.judge.open(law))


@dataclass(frozen=True)
class PropertyReport:
    """Which laws a backward pass obeys; printed, it says how it fails.

    Attributes
    ----------
    held : list of str
        The laws that hold.
    counterexamples : list of Counterexample
        For each law that does not, the smallest case.
    open : dict
        For each law to which nothing could be held, why.
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
        lines += [f"{law} was not held to anything: {why}." for law, why in self.open.items()]
        told: dict[DrawnCase, str] = {}
        parts = ["\n".join(lines)]
        for example in self.counterexamples:
            before = told.setdefault(example.case, example.law)
            same = f"{example.law}: {example.said}\nThe case is that of {before}."
            parts.append(str(example) if before == example.law else same)
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
    """Hold a backward pass to every law of `backward_suite`, without pytest.

    Parameters
    ----------
    code, cell, batches, starts, dtype, limits
        As `backward_suite` takes them.
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
    dW at T = 1: look at what you carry from a step to the step before it
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
