"""All that a student's program holds: a network, operations, training steps."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teachrnn.errors import SubmissionError
from teachrnn.submission.functions import Function
from teachrnn.submission.operations import OperationCode, OperationSubmission, operations_in
from teachrnn.submission.operations.operation_names import goes_back
from teachrnn.submission.plan import HandedIn
from teachrnn.submission.roles_of_functions import backwards, is_step, wholes
from teachrnn.submission.source import load
from teachrnn.submission.submission import Submission
from teachrnn.submission.training_steps import (
    TrainingSubmission,
    UpdateCode,
    UpdateSubmission,
    steps_in,
    updates_in,
)


@dataclass(frozen=True)
class FailedPart:
    """What is there and could not be called.

    Attributes
    ----------
    said : str
        Its functions, in words.
    error : str
        What it came to.
    """

    said: str
    error: str

    def described(self) -> dict[str, Any]:
        """The same, as JSON can hold it.

        Returns
        -------
        dict
            Its functions, and what they came to.
        """
        return vars(self)


SubmissionPart = Submission | OperationSubmission | TrainingSubmission | UpdateSubmission | FailedPart


def parts_in(
    handed_in: Any,
    *,
    cell: str | None = None,
    layout: str | None = None,
    chosen: Mapping[str, str | Callable[..., Any] | None],
) -> list[SubmissionPart]:
    """Recognise everything in a program that can be compared.

    Parameters
    ----------
    handed_in : path, module, class, function, or list of functions
        As `Submission.of` takes it.
    cell, layout : str, optional
        Of the network, if they are known.
    chosen : mapping
        Which functions are the forward, the backward pass and the loss, by these names.

    Returns
    -------
    list of Submission, OperationSubmission, TrainingSubmission, UpdateSubmission or FailedPart
        The parts, of which one at least can be called.

    Raises
    ------
    SubmissionError
        If nothing could be called, with what the likeliest attempt came to.
    """
    if isinstance(handed_in, str | Path):
        handed_in = load(handed_in)
    program = HandedIn.of(handed_in, chosen=chosen)
    codes = [] if cell or layout else operations_in(program)
    updates = [] if cell or layout else list(updates_in(program))
    network: SubmissionError | None = None
    if not (codes or updates) or _has_network(program, codes, updates):
        try:
            submission = Submission.of(handed_in, cell=cell, layout=layout, **chosen)
            steps = list(_steps(program, submission))
            return [submission, *(steps or _updates(updates))]
        except SubmissionError as error:
            network = error
    found: list[SubmissionPart] = [] if network is None else [FailedPart("the network", str(network))]
    for code in codes:
        try:
            found.append(OperationSubmission.of(code))
        except SubmissionError as error:
            found.append(FailedPart(code.said, str(error)))
    found += _updates(updates)
    failures = [part.error for part in found if isinstance(part, FailedPart)]
    if len(failures) == len(found):
        if network is not None:
            raise network
        with contextlib.suppress(SubmissionError):  # what looked like operations may be none
            return [Submission.of(handed_in, cell=cell, layout=layout, **chosen)]
        raise SubmissionError("\n".join(failures))
    return found


def _steps(program: HandedIn, network: Submission) -> Iterator[SubmissionPart]:
    """The training steps beside a network, or of which it was read."""
    for code in steps_in(program, network.plan, whole=network.convention.of_update):
        try:
            yield TrainingSubmission.of(network, code)
        except SubmissionError as error:
            yield FailedPart(code.function.name, str(error))


def _updates(codes: list[UpdateCode]) -> Iterator[SubmissionPart]:
    """What updates or clips by itself; a function that only looks like it is left out."""
    for code in codes:
        with contextlib.suppress(SubmissionError):
            yield UpdateSubmission.of(code)


def _has_network(program: HandedIn, codes: list[OperationCode], updates: list[UpdateCode]) -> bool:
    """Whether something goes back that is no operation."""
    named = [code for code in codes if code.named]
    names = {f.name for code in named for f in (code.forward, code.backward) if f is not None}
    names |= {code.code.function.name for code in updates}
    kinds = {*(code.kind for code in codes), *(code.kind for code in updates)}
    if program.chosen:
        return not set(program.chosen.values()) <= names
    others = {n: f for n, f in program.functions.items() if n not in names}
    back = [f for f in [*backwards(others), *wholes(others)] if not _goes_back_by_itself(f)]
    steps = [n for n in others if is_step(n)]
    classes = [
        kind
        for kind in program.classes.values()
        if kind not in kinds
        and any(re.search(r"back|bptt|bprop|grad|train", method, re.I) for method in vars(kind))
        and not hasattr(kind, "save_for_backward")
    ]
    return bool(back or steps or classes)


def _goes_back_by_itself(function: Function) -> bool:
    """Whether it is a derivative of one number, such as a program has beside its network."""
    return goes_back(function.name) and len(function.arguments) < 2
