"""A mistake in words: where it is, the line as it should be and as it is, why, and how to see it."""

from __future__ import annotations

from dataclasses import dataclass

from teachrnn.diagnosis.lines import right_line, wrong_line
from teachrnn.diagnosis.mistake import Mistake, ParameterMistake, SweepMistake, WrittenMistake
from teachrnn.diagnosis.reading import GradientOf, WrongTerm
from teachrnn.diagnosis.wrong_sum import WrongSum

WHOLE_SEQUENCE = "L is the sum of the losses of all steps: each of them sends a gradient back."
OWN = "Each parameter receives its own gradient: look at the order in which they are returned."


@dataclass(frozen=True)
class Description:
    """What is said of a mistake.

    Attributes
    ----------
    name : str
        What it is called: "transpose left out".
    title : str
        What happens, in a line.
    why : str
        Why that is wrong.
    seen : str
        What a check must have to see it.
    right, wrong : str
        The line of the backward pass as it should be, and as it is; empty where it is no formula.
    """

    name: str
    title: str
    why: str
    seen: str
    right: str = ""
    wrong: str = ""


def describe(mistake: Mistake) -> Description:
    """Describe a mistake.

    Examples
    --------
    >>> from teachrnn.diagnosis.catalogue import Catalogue
    >>> from teachrnn.diagnosis.instance import Instance
    >>> mistakes = Catalogue.of(Instance.draw("vanilla", T=3, hidden=2, symbols=4).tape).sweep
    >>> known = {m.title: describe(m) for m in mistakes}
    >>> title = "the gradient carried back from r[t] to h[t-1] goes through W, not through its transpose"
    >>> one = known[title]
    >>> print(one.name, "|", one.right, "|", one.wrong)
    transpose left out | dh[t-1] += Wᵀ dr[t] | dh[t-1] += W dr[t]
    """
    if isinstance(mistake, SweepMistake):
        return _of_sweep(mistake)
    if isinstance(mistake, ParameterMistake):
        return _of_parameter(mistake)
    lines = (mistake.right, mistake.wrong) if isinstance(mistake, WrittenMistake) else ()
    return Description(mistake.name, mistake.title, mistake.why, mistake.seen, *lines)


def _of_sweep(mistake: SweepMistake) -> Description:
    if not mistake.changes:
        return Description("a loss left out", mistake.title, WHOLE_SEQUENCE, "T of at least 2")
    site, change = mistake.changes[0]
    return Description(
        change.name, mistake.title, change.why, change.seen, right_line(site), wrong_line(site, change)
    )


def _of_parameter(mistake: ParameterMistake) -> Description:
    _, spec = mistake.specs[0]
    if isinstance(spec, WrongSum):
        return Description(spec.name, mistake.title, spec.why, spec.seen)
    if isinstance(spec, GradientOf):
        return Description("gradients exchanged", mistake.title, OWN, "any numbers")
    assert isinstance(spec, WrongTerm)
    site, change = mistake.sites[0], spec.change
    return Description(
        change.name, mistake.title, change.why, change.seen, right_line(site), wrong_line(site, change)
    )
