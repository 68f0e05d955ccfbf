"""Whether an attempt is the learner's own work, as far as that can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from teachrnn.exercises.judgement import Judgement
from teachrnn.submission.own_work import REACHES_FOR_THE_JUDGE, TAKES, what_it_uses

CLOSED = "not possible while it is judged"


def judged_as_own_work(found: Judgement, noticed: Sequence[str], source: str) -> Judgement:
    """A judgement that says, too, what the code was kept from while it was judged.

    What is right although derivatives of libraries were held back is right by itself. What is not, and
    asked for one, is not the learner's own work: it keeps the credit of what it does by itself. What the
    source uses is remarked on and decides nothing.

    Parameters
    ----------
    found : Judgement
        What was found in the numbers.
    noticed : sequence of str
        What the code was kept from (see `teachrnn.submission.isolated_process.own_work`).
    source : str
        The code.

    Returns
    -------
    Judgement
        The judgement.

    Examples
    --------
    >>> wrong = Judgement("bptt", "wrong", 0.4, {"dU": True, "dW": False}, "dW is wrong.")
    >>> found = judged_as_own_work(wrong, ["takes a derivative from teachrnn's Backprop.run"], "")
    >>> found.outcome, found.said          # doctest: +ELLIPSIS
    ('not own work', "The code takes a derivative from teachrnn's Backprop.run; that is not ...")
    """
    remarks = [*found.remarks, *(f"{_capital(str(use))}." for use in what_it_uses(source))]
    if not noticed or found.right:
        kept = [f"The code {what}; it was kept from it." for what in noticed]
        return replace(found, remarks=[*remarks, *kept])
    reaches = [what for what in noticed if what.startswith(TAKES) or what in REACHES_FOR_THE_JUDGE]
    said = f"The code {(reaches or noticed)[0]}; that is {CLOSED}."
    remarks += [f"The code {what}; it was kept from it." for what in noticed]
    if reaches:
        return replace(found, outcome="not own work", said=said, hints=[], remarks=remarks)
    if found.outcome == "wrong":
        return replace(found, remarks=remarks)
    return replace(found, outcome="stopped", said=said, remarks=remarks)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
