"""A backward pass in its own layout, compared with ours, and diagnosed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.diagnose import diagnose, diagnose_answers
from teachrnn.diagnosis.diagnosis import Diagnosis
from teachrnn.diagnosis.instance import Instance
from teachrnn.submission import Chosen, Results, Submission

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
) -> Diagnosis:
    """Compare a forward and backward pass with ours, and name the mistake that it most likely holds.

    The functions are found by their names and called in their own layout, which is settled by trying:
    whose forward pass gives the model's loss. They run in this process; the command ``teachrnn check
    my_rnn.py`` runs them in another one, with limits.

    Parameters
    ----------
    code : function, class, module, path, or list of functions
        Your code. With a function alone, hand in its forward pass too, or what returns both. A file of
        results (``.npz``, ``.mat``, ``.json``) holds what another language computed.
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
    Diagnosis
        Printing it says everything; `Diagnosis.hints` says no more than you ask for.

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
    submission = Submission.of(
        code, cell=cell, layout=layout, forward=forward, backward=backward, loss=loss
    )
    return diagnose_submission(submission, seconds=seconds, seed=seed)


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
