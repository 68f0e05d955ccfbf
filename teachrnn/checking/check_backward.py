"""A backward pass in its own layout, compared with ours, and diagnosed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.diagnose import SECONDS_IF_FORWARD_DIFFERS, diagnose, diagnose_answers
from teachrnn.diagnosis.diagnoses import Diagnoses
from teachrnn.diagnosis.diagnosis import Diagnosis
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.operations import diagnose_operation
from teachrnn.diagnosis.updates import diagnose_training
from teachrnn.errors import SubmissionError
from teachrnn.submission import Chosen, IsolatedSubmission, Results, Submission
from teachrnn.submission.operations import OperationSubmission
from teachrnn.submission.operations.isolated_operation import IsolatedOperation
from teachrnn.submission.parts import FailedPart, parts_in
from teachrnn.submission.training_steps import TrainingSubmission, UpdateSubmission
from teachrnn.submission.training_steps.isolated_training import IsolatedTraining
from teachrnn.submission.training_steps.isolated_update import IsolatedUpdate

NETWORK = "the network"
RESULTS = (".npz", ".mat", ".json")
"""Files that hold numbers, not code."""


def check_backward(
    code: Any,
    *,
    cell: str | None = None,
    layout: str | None = None,
    forward: Chosen = None,
    backward: Chosen = None,
    loss: Chosen = None,
    seconds: float = 4.0,
    seed: int = 0,
) -> Diagnosis | Diagnoses:
    """Compare a backward pass with ours, and name the mistake that it most likely holds.

    It may be that of a network, of one or several operations (``tanh_backward``, ``class Affine``), or a
    whole training step with its clipping and its update.

    The functions are found by their names and called in their own layout, which is settled by trying:
    whose forward pass gives the model's loss. They run in this process; the command ``teachrnn check
    my_rnn.py`` runs them in another one, with limits.

    Parameters
    ----------
    code : function, class, module, path, or list of functions
        Your code. Of a network's backward pass, hand in the forward pass too, or what returns both. A
        file of results (``.npz``, ``.mat``, ``.json``) holds what another language computed.
    cell : str, optional
        Which cell it is, if that is not to be found out.
    layout : str, optional
        Whose conventions it follows, if that is not to be found out: ``"min-char-rnn"``, ``"cs231n"``,
        ``"coursera"``, ``"dd2424"``, ``"pytorch"``.
    forward, backward, loss : str or callable, optional
        Which functions they are, if their names do not say it.
    seconds : float
        How long to look for two mistakes at once.
    seed : int
        Of the numbers on which it is tried.

    Returns
    -------
    Diagnosis or Diagnoses
        Printing it says everything; `Diagnosis.hints` says no more than you ask for. Of code that holds
        several things, `Diagnoses`: one for each.

    Raises
    ------
    SubmissionError
        If the code could not be called, naming the function and the input that did it.

    Examples
    --------
    >>> import numpy as np
    >>> def loss_and_gradients(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    ...     hs, ps, loss = {-1: hprev}, {}, 0.0
    ...     for t, x in enumerate(inputs):
    ...         hs[t] = np.tanh(Wxh[:, [x]] + Whh @ hs[t - 1] + bh)
    ...         o = Why @ hs[t] + by
    ...         ps[t] = np.exp(o) / np.exp(o).sum()
    ...         loss -= np.log(ps[t][targets[t], 0])
    ...     dWxh, dWhh, dWhy, dbh, dby = (np.zeros_like(w) for w in (Wxh, Whh, Why, bh, by))
    ...     for t in reversed(range(len(inputs))):
    ...         do = ps[t].copy()
    ...         do[targets[t]] -= 1
    ...         dWhy += do @ hs[t].T
    ...         dby += do
    ...         da = (1 - hs[t] ** 2) * (Why.T @ do)  # and what comes back from t + 1?
    ...         dWhh += da @ hs[t - 1].T
    ...         dbh += da
    ...         dWxh[:, [inputs[t]]] += da
    ...     return loss, dWxh, dWhh, dWhy, dbh, dby
    >>> found = check_backward(loss_and_gradients)
    >>> found.mistakes[0].title
    'the gradient carried back from r[t] to h[t-1] is left out'
    """
    if isinstance(code, str | Path) and Path(code).suffix in RESULTS:
        return diagnose_results(code, cell=cell, seconds=seconds)
    chosen = {"forward": forward, "backward": backward, "loss": loss}
    parts = parts_in(code, cell=cell, layout=layout, chosen=chosen)
    return diagnose_parts(parts, seconds=seconds, seed=seed)


def diagnose_parts(
    parts: Sequence[Any], *, seconds: float = 4.0, seed: int = 0
) -> Diagnosis | Diagnoses:
    """The same for parts that have been recognised, in this process or in another.

    Parameters
    ----------
    parts : sequence of Submission, OperationSubmission or FailedPart
        What answers, each on cases of its kind; or could not be called.
    seconds : float
        How long to look for two mistakes at once.
    seed : int
        Of the numbers on which they are tried.

    Returns
    -------
    Diagnosis or Diagnoses
        Of a single part, its own.
    """
    if len(parts) == 1:
        return _diagnosed(parts[0], seconds, seed)
    found: dict[str, Diagnosis] = {}
    failures: dict[str, str] = {}
    for part in parts:
        said = getattr(part, "said", NETWORK)
        if isinstance(part, FailedPart):
            failures[said] = part.error
            continue
        try:
            found[said] = _diagnosed(part, seconds, seed)
        except SubmissionError as error:
            failures[said] = str(error)
    network = next((part for part in parts if isinstance(part, Submission | IsolatedSubmission)), None)
    if network is not None and network.convention.of_update:
        explained = [
            f for name, f in found.items() if name != NETWORK and f.verdict != "unknown mistake"
        ]
        if explained:  # the gradients were read from the update, which is now understood
            del found[NETWORK]
    if len(found) == 1 and not failures:
        return next(iter(found.values()))
    return Diagnoses(found, failures)


def _diagnosed(part: Any, seconds: float, seed: int) -> Diagnosis:
    if isinstance(part, OperationSubmission | IsolatedOperation):
        return diagnose_operation_submission(part, seconds=seconds, seed=seed)
    if isinstance(part, TrainingSubmission | IsolatedTraining | UpdateSubmission | IsolatedUpdate):
        return diagnose_training_submission(part, seconds=seconds, seed=seed)
    return diagnose_submission(part, seconds=seconds, seed=seed)


def diagnose_training_submission(
    submission: TrainingSubmission | IsolatedTraining | UpdateSubmission | IsolatedUpdate,
    *,
    seconds: float = 4.0,
    seed: int = 0,
) -> Diagnosis:
    """The same for a training step that has been recognised, or for an update alone.

    Parameters
    ----------
    submission : TrainingSubmission or UpdateSubmission
        What answers on an instance.
    seconds : float
        How long to look for two slips in one line.
    seed : int
        Of the numbers on which it is tried.

    Returns
    -------
    Diagnosis
        With how the step and its update were understood.
    """
    found = diagnose_training(
        submission.answer,
        draw=submission.draw,
        optimizer=submission.optimizer,
        dtype=submission.dtype,
        seconds=min(seconds, 2.0),
        seed=seed,
    )
    return replace(found, read_as=[*submission.sentences(), *found.read_as])


def diagnose_operation_submission(
    submission: OperationSubmission | IsolatedOperation, *, seconds: float = 4.0, seed: int = 0
) -> Diagnosis:
    """The same for an operation that has been recognised.

    Parameters
    ----------
    submission : OperationSubmission
        What answers on a case.
    seconds : float
        How long to look for two slips in one formula.
    seed : int
        Of the numbers on which it is tried.

    Returns
    -------
    Diagnosis
        With what was noticed of the code among its remarks.
    """
    found = diagnose_operation(
        submission.answer,
        submission.op,
        draw=submission.draw,
        dtype=submission.dtype,
        seconds=min(seconds, 2.0),
        seed=seed,
    )
    return replace(found, read_as=submission.sentences())


def diagnose_submission(submission: Any, *, seconds: float = 4.0, seed: int = 0) -> Diagnosis:
    """The same for a submission that has been recognised, in this process or in another.

    Parameters
    ----------
    submission : Submission
        What answers on an instance.
    seconds : float
        How long to look for two mistakes at once.
    seed : int
        Of the numbers on which it is tried.

    Returns
    -------
    Diagnosis
        With what was noticed of the code among its remarks.
    """
    noticed: dict[str, None] = {}

    def answer(instance: Instance) -> Answer:
        given: Answer = submission.answer(instance)
        noticed.update(dict.fromkeys(given.remarks))
        return given

    if (
        not submission.convention.forward_right
    ):  # then no backward pass gives the numbers of two mistakes
        seconds = min(seconds, SECONDS_IF_FORWARD_DIFFERS)
    found = diagnose(
        answer,
        cell=submission.cell,
        draw=submission.draw,
        dtype=submission.dtype,
        seconds=seconds,
        seed=seed,
    )
    return replace(found, remarks=[*found.remarks, *noticed], read_as=submission.convention.sentences())


def diagnose_results(
    path: str | Path, *, cell: str | None = None, inputs: str | Path | None = None, seconds: float = 4.0
) -> Diagnosis:
    """The same for a file of inputs and gradients that another language computed.

    Parameters
    ----------
    path : path
        A ``.npz``, ``.mat`` or ``.json`` file, as `teachrnn.submission.Results` reads it.
    cell : str, optional
        The cell, if it is known.
    inputs : path, optional
        The file of inputs, where the results alone are in ``path``.
    seconds : float
        How long to look for two mistakes at once.

    Returns
    -------
    Diagnosis
        With how the file was read.

    Raises
    ------
    SubmissionError
        If something is missing in the file, or has a shape that does not fit.
    """
    read = Results.of(path, cell=cell, inputs=inputs)
    found = diagnose_answers(
        read.instances, read.answers, cell=read.cell, dtype=read.dtype, seconds=seconds
    )
    noticed = dict.fromkeys(remark for answer in read.answers for remark in answer.remarks)
    return replace(found, remarks=[*found.remarks, *noticed], read_as=read.convention.sentences())
