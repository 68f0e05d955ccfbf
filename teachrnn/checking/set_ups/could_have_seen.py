"""Could a check have seen what is wrong with this code? It is made of the code itself."""

from __future__ import annotations

from typing import Any

from teachrnn.checking.set_ups.known_set_ups import SET_UPS
from teachrnn.checking.set_ups.set_up import CheckSetUp
from teachrnn.checking.set_ups.tally import try_code
from teachrnn.submission import Submission


def could_have_seen(set_up: CheckSetUp | str, code: Any, *, draws: int = 20, seed: int = 0) -> str:
    """Make a check of code that is known to be wrong, and say whether it shows.

    Parameters
    ----------
    set_up : CheckSetUp or str
        The check, or the name of one in `SET_UPS`.
    code : Submission, or what `check_backward` takes
        The code.
    draws : int
        How many times the check is made, with other numbers each time.
    seed : int
        Of the random numbers.

    Returns
    -------
    str
        A sentence.

    Raises
    ------
    NameLookupError
        If there is no such set-up.
    SubmissionError
        If the code could not be called.

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
    ...     carry = 0
    ...     for t in reversed(range(len(inputs))):
    ...         do = ps[t].copy()
    ...         do[targets[t]] -= 1
    ...         dWhy += do @ hs[t].T
    ...         dby += do
    ...         da = (1 - np.tanh(hs[t]) ** 2) * (Why.T @ do + carry)
    ...         dWhh += da @ hs[t - 1].T
    ...         dbh += da
    ...         dWxh[:, [inputs[t]]] += da
    ...         carry = Whh.T @ da
    ...     return loss, dWxh, dWhh, dWhy, dbh, dby
    >>> mine = SET_UPS["torch.gradcheck"].changed(scale=0.01, name="my check")
    >>> print(could_have_seen(mine, loss_and_gradients, draws=4))
    my check does not see it in any of 4 draws.
    """
    own = SET_UPS[set_up] if isinstance(set_up, str) else set_up
    submission = code if hasattr(code, "answer") else Submission.of(code)
    tally = try_code(own, submission.answer, submission.draw, draws=draws, seed=seed)
    fair = draws - tally.false_alarms
    if not fair:
        return f"{own.name} refuses right code too, in each of {draws} draws: it says nothing."
    alarms = f" It refuses right code in {tally.false_alarms} more." if tally.false_alarms else ""
    refused = round(fair * (1 - float(tally.accepted[0])))
    if refused == fair:
        return f"{own.name} sees it in each of {fair} draws.{alarms}"
    if not refused:
        return f"{own.name} does not see it in any of {fair} draws.{alarms}"
    return f"{own.name} sees it in {refused} of {fair} draws: with other numbers it passes.{alarms}"
