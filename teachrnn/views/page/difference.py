"""A page that opens where the reader's own code first goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.instance import Instance
from teachrnn.submission import Chosen, Submission
from teachrnn.views.page.standalone import save_page
from teachrnn.views.story import Yours

TITLE = "Your numbers beside the right ones, step by step"
SIZE = {"T": 4, "hidden": 3, "symbols": 7}
"""Small enough to follow by hand; there are more symbols than steps, so none occurs twice."""


def save_difference(
    code: Any,
    path: str | Path,
    *,
    cell: str | None = None,
    layout: str | None = None,
    forward: Chosen = None,
    backward: Chosen = None,
    loss: Chosen = None,
    seed: int = 0,
) -> Path:
    """Run your own backward pass, and save a page that opens where it first differs.

    It is run on a sequence of four different symbols, so that the gradient of every step can be read
    from dU. Where it differs, the page shows both numbers, and why the right one is right.

    Parameters
    ----------
    code : function, class, module, path, list of functions, or Submission
        Your code, as `check_backward` takes it.
    path : str or Path
        The file to write, such as ``"yours.html"``; its folder must exist.
    cell, layout : str, optional
        Which cell it is and which conventions it follows; recognised if not given.
    forward, backward, loss : str or callable, optional
        Which functions they are, if their names do not say so.
    seed : int
        Seed of the numbers on which it is run.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    SubmissionError
        If the code could not be called, naming the function and the input at fault.
    FileFormatError
        If the file cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> def forward(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    ...     hs, ps, loss = {-1: hprev}, {}, 0.0
    ...     for t, x in enumerate(inputs):
    ...         hs[t] = np.tanh(Wxh[:, [x]] + Whh @ hs[t - 1] + bh)
    ...         ps[t] = np.exp(Why @ hs[t] + by)
    ...         ps[t] /= ps[t].sum()
    ...         loss -= np.log(ps[t][targets[t], 0])
    ...     return loss, hs, ps
    >>> def loss_and_gradients(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    ...     loss, hs, ps = forward(inputs, targets, hprev, Wxh, Whh, Why, bh, by)
    ...     dWhh, dWhy = np.zeros_like(Whh), np.zeros_like(Why)
    ...     for t in range(len(inputs)):
    ...         do = ps[t].copy()
    ...         do[targets[t]] -= 1
    ...         dWhy += do @ hs[t].T
    ...         dWhh += (1 - hs[t] ** 2) * (Why.T @ do) @ hs[t - 1].T  # and what comes from t + 1?
    ...     return loss, dWhh, dWhy
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = save_difference(loss_and_gradients, Path(folder) / "yours.html")
    >>> page.name
    'yours.html'
    """
    submission = (
        code
        if hasattr(code, "answer") and hasattr(code, "draw")
        else Submission.of(code, cell=cell, layout=layout, forward=forward, backward=backward, loss=loss)
    )
    instance = submission.draw(**SIZE, distinct=True, seed=seed)
    return save_answer(instance, submission.answer(instance), path, dtype=submission.dtype)


def save_answer(
    instance: Instance,
    answer: Answer,
    path: str | Path,
    *,
    about: Sequence[str] = (),
    dtype: Any = "float64",
) -> Path:
    """Save a page that steps through an instance with a student's answer beside it.

    Parameters
    ----------
    instance : Instance
        The instance.
    answer : Answer
        What the student's code returned for it.
    path : str or Path
        The file to write.
    about : sequence of str
        Sentences shown at the top.
    dtype : dtype
        The precision in which the code computes.

    Returns
    -------
    Path
        The file; it opens at the first difference.

    Raises
    ------
    FileFormatError
        If the file cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> instance = Instance.draw("vanilla", T=2, hidden=2, symbols=3, distinct=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = save_answer(instance, Answer(instance.gradients), Path(folder) / "yours.html")
    >>> page.name
    'yours.html'
    """
    yours = Yours.of(instance, answer, dtype)
    return save_page(instance.trace, path, title=TITLE, about=about, yours=yours)
