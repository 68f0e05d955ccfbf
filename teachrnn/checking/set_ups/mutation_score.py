"""What a check can see: how many of the known mistakes it refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

import numpy as np

from teachrnn.checking.set_ups.known_set_ups import SET_UPS
from teachrnn.checking.set_ups.set_up import CheckSetUp
from teachrnn.checking.set_ups.smallest_change import SuggestedChange, smallest_changes, unseen_of
from teachrnn.checking.set_ups.tally import try_out
from teachrnn.diagnosis.description import Description, describe
from teachrnn.diagnosis.distinct import distinct_mistakes
from teachrnn.diagnosis.mistake import Mistake
from teachrnn.diagnosis.whole import clipped_norm, clipped_values
from teachrnn.errors import DomainError

CLIP = 5.0
"""The limit of clipping that is most in use."""
TRIES = 4
"""In so many draws a suggested change must show a mistake."""
WIDTH = 80
NAMED = 2
"""How many mistakes of a kind a report names."""


@dataclass(frozen=True)
class Unseen:
    """A known mistake that a check does not see.

    Attributes
    ----------
    mistake : Description
        What it is, why it is wrong, and what a check must have to see it.
    accepted : float
        In which share of the draws it passed; NaN if right code never does.
    shown_by : str
        Which of the suggested changes shows it; empty if none does.
    """

    mistake: Description
    accepted: float
    shown_by: str = ""


@dataclass(frozen=True)
class SetUpReport:
    """What a check sees, and what it does not; printing it says so in words.

    Attributes
    ----------
    set_up : CheckSetUp
        The check.
    cell : str
        The cell whose mistakes were tried.
    known : int
        How many there are that numbers can tell from right code and from each other.
    unseen : list of Unseen
        Those that passed in at least one draw, the most often passed first.
    draws, false_alarms : int
        How often the check was made, and in how many of them it refused *right* code.
    changes : list of SuggestedChange
        What to change, one thing after the other, the first by itself.
    """

    set_up: CheckSetUp
    cell: str
    known: int
    unseen: list[Unseen]
    draws: int
    false_alarms: int
    changes: list[SuggestedChange] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """How many mistakes were refused in every draw."""
        return self.known - len(self.unseen)

    @property
    def score(self) -> float:
        """The mutation score: the share of the known mistakes that it refuses in every draw."""
        return self.seen / self.known

    def to_dict(self) -> Mapping[str, Any]:
        """Everything, for JSON.

        Returns
        -------
        dict
            Numbers, texts and lists.
        """
        return {
            "set_up": self.set_up.to_dict(),
            "cell": self.cell,
            "known": self.known,
            "seen": self.seen,
            "score": self.score,
            "draws": self.draws,
            "false_alarms": self.false_alarms,
            "unseen": [
                {
                    "title": u.mistake.title,
                    "needs": u.mistake.seen,
                    "accepted": None if np.isnan(u.accepted) else u.accepted,
                    "shown_by": u.shown_by,
                }
                for u in self.unseen
            ],
            "changes": [
                {"change": c.words, "shows": len(c.shows), "set_up": str(c.set_up)} for c in self.changes
            ],
        }

    def __str__(self) -> str:
        lines = _paragraph(f"{self.set_up.name}: {self.set_up}.")
        lines += _paragraph(
            f"It sees {self.seen} of {self.known} known mistakes of the {self.cell} cell in each of"
            f" {self.draws} draws: mutation score {_percent(self.score)}."
        )
        if self.false_alarms:
            lines += _paragraph(
                f"It refuses right code in {self.false_alarms} of {self.draws} draws; there it says"
                " nothing, and they are left out."
            )
        if not self.unseen:
            return "\n".join(lines)
        if self.changes:
            lines += ["", "To see the others, change one thing after the other:"]
        left = len(self.unseen)
        for number, change in enumerate(self.changes, start=1):
            shows = f"{change.words}. It shows {len(change.shows)} of the {left}:"
            own = [u for u in self.unseen if u.shown_by == change.words]
            lines += [*_paragraph(shows, f"{number}. ", "   "), *_named(own)]
            left -= len(own)
        if left:
            lines += ["", "Not seen even then:" if self.changes else "It does not see:"]
            for needs, own in self._not_shown().items():
                lines += [
                    *_paragraph(f"{len(own)}, which would need {needs}:", "- ", "  "),
                    *_named(own),
                ]
        return "\n".join(lines)

    def _not_shown(self) -> dict[str, list[Unseen]]:
        """Those that no suggested change shows, by what a check must have to see them."""
        kinds: dict[str, list[Unseen]] = {}
        for one in self.unseen:
            if not one.shown_by:
                kinds.setdefault(one.mistake.seen, []).append(one)
        return dict(sorted(kinds.items(), key=lambda kind: -len(kind[1])))


def mutation_score(
    set_up: CheckSetUp | str,
    *,
    cell: str = "vanilla",
    draws: int = 20,
    seed: int = 0,
    changes: int = 3,
) -> SetUpReport:
    """Find out which known mistakes a check cannot see, and the smallest change by which it would.

    The check is made as its owner would make it, with the rounding of its differences, of right code
    and of code with each mistake in turn.

    Parameters
    ----------
    set_up : CheckSetUp or str
        The check, or the name of one in `SET_UPS`.
    cell : str
        Name of the cell whose mistakes are tried.
    draws : int
        How many times the check is made, with other numbers each time.
    seed : int
        Of the random numbers.
    changes : int
        How many changes to suggest at most; 0 saves the time to look for them.

    Returns
    -------
    SetUpReport
        The score, the mistakes that are not seen, false alarms, changes.

    Raises
    ------
    NameLookupError
        If there is no such set-up.
    DomainError
        If ``draws`` is below 1.

    Examples
    --------
    >>> from teachrnn.checking import Circumstances
    >>> short = CheckSetUp(at=(Circumstances(T=1, m=3, K=5),))
    >>> report = mutation_score(short, draws=3, changes=1)
    >>> report.changes[0].words
    'take T = 4 steps'
    """
    if draws < 1:
        raise DomainError(f"`draws` is {draws}: a check must be made at least once.")
    own = SET_UPS[set_up] if isinstance(set_up, str) else set_up
    mistakes = tried_mistakes(cell, batches=own.takes_batches)
    tally = try_out(own, mistakes, cell, draws=draws, seed=seed)
    missed = unseen_of(mistakes, tally)
    found = smallest_changes(
        own, missed, cell, tally, draws=min(TRIES, draws), seed=seed + 1, most=changes
    )
    share = dict(zip(mistakes, tally.accepted, strict=True))
    shown_by = {m: change.words for change in found for m in change.shows}
    unseen = [Unseen(describe(m), float(share[m]), shown_by.get(m, "")) for m in missed]
    unseen.sort(key=lambda u: -u.accepted)
    return SetUpReport(own, cell, len(mistakes), unseen, draws, tally.false_alarms, found)


def tried_mistakes(cell: str, *, batches: bool = True) -> Sequence[Mistake]:
    """The mistakes that a check is tried on: those of the cell, and clipping before the check."""
    return (*distinct_mistakes(cell, batches=batches), clipped_values(CLIP), clipped_norm(CLIP))


def _named(own: Sequence[Unseen]) -> list[str]:
    """The first of them, with the share of the draws in which they passed."""
    lines = []
    for one in own[:NAMED]:
        passed = "" if np.isnan(one.accepted) else f" (passes in {_percent(one.accepted)} of the draws)"
        lines += _paragraph(f"{one.mistake.title}{passed}", "     ", "       ")
    return [*lines, f"     and {len(own) - NAMED} more"] if len(own) > NAMED else lines


def _percent(share: float) -> str:
    """Whole percents, of which 0 and 100 are kept for nothing and all."""
    percent = round(100 * share)
    if percent in (0, 100) and share not in (0.0, 1.0):
        return "> 99 %" if percent else "< 1 %"
    return f"{percent} %"


def _paragraph(text: str, first: str = "", later: str = "") -> list[str]:
    return wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=later,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
