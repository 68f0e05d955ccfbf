"""The judgement of an attempt as HTML and as text: what was found, and the hints that are open."""

from __future__ import annotations

import html
from collections.abc import Sequence

from teachrnn.exercises import Exercise, Judgement
from teachrnn.exercises.exercise import RUNGS
from teachrnn.views.exercises.exercise_html import exercise_style
from teachrnn.views.prose import prose_html, prose_text
from teachrnn.views.style.legible import legible

SIGNS = {"right": "\N{CHECK MARK}", "wrong": "\N{BALLOT X}", "not yet": "\N{HORIZONTAL ELLIPSIS}"}
NEXT = "The next hint opens after an attempt that you have changed."


def heading(judgement: Judgement) -> str:
    """The outcome in a few words.

    Parameters
    ----------
    judgement : Judgement
        What was found.

    Returns
    -------
    str
        A sign, the exercise's name, and the outcome.
    """
    return f"{SIGNS.get(judgement.outcome, '!')} {judgement.exercise}: {judgement.outcome}"


def judged_html(
    exercise: Exercise, judgement: Judgement, *, opened: int, most: int, solution: bool, again: bool
) -> str:
    """A judgement for a notebook: no script; what a learner's code printed or raised is escaped.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    judgement : Judgement
        What was found.
    opened : int
        How many rungs of the ladder are open.
    most : int
        How many may ever be.
    solution : bool
        Whether the solution is open.
    again : bool
        Whether the same was judged before: then there is a single line, which unfolds.

    Returns
    -------
    str
        HTML.
    """
    said = html.escape(heading(judgement))
    if judgement.outcome == "not yet":
        return _section(f"<p><b>{said}</b></p>")
    parts = [f"<p>{_words(exercise, judgement)}</p>"]
    if exercise.kind != "prediction":
        parts.append(_parts(judgement))
    if not judgement.right:
        parts.append(open_hints(judgement.hints[: min(opened, most)]))
        if opened < min(most, len(judgement.hints)):
            parts.append(f'<p class="about-it">{NEXT}</p>')
    if solution and exercise.judged_by.is_code:
        parts.append(
            _folded("A solution", f"<pre><code>{html.escape(exercise.solution.strip())}</code></pre>")
        )
    if judgement.remarks:
        lines = "".join(f"<li>{html.escape(legible(remark))}</li>" for remark in judgement.remarks)
        parts.append(_folded("How your code was read", f"<ul>{lines}</ul>"))
    body = "\n".join(filter(None, parts))
    if again:
        return _section(f"<details><summary>{said}, as before</summary>{body}</details>")
    return _section(f"<p><b>{said}</b></p>{body}")


def judged_text(
    exercise: Exercise, judgement: Judgement, *, opened: int, most: int, solution: bool, again: bool
) -> str:
    """The same in lines of text.

    Parameters
    ----------
    exercise, judgement, opened, most, solution, again
        As in `judged_html`.

    Returns
    -------
    str
        Text for a terminal.
    """
    said = heading(judgement)
    if judgement.outcome == "not yet":
        return said
    if again:
        said += ", as before"
    lines = [said, *legible(prose_text(judgement.said)).splitlines()]
    if judgement.parts and not judgement.right and exercise.kind != "prediction":
        lines.append(
            "  ".join(f"{SIGNS['right' if ok else 'wrong']} {n}" for n, ok in judgement.parts.items())
        )
    if not judgement.right:
        for rung, hint in enumerate(judgement.hints[: min(opened, most)]):
            lines.append(f"Hint {rung + 1}, {RUNGS[rung]}:")
            lines += [f"  {line}" for line in legible(prose_text(hint)).splitlines()]
        if opened < min(most, len(judgement.hints)):
            lines.append(NEXT)
    if solution and exercise.judged_by.is_code:
        lines += ["A solution:", *(f"  {line}" for line in exercise.solution.strip().splitlines())]
    return "\n".join(lines)


def _words(exercise: Exercise, judgement: Judgement) -> str:
    """What is said: of the exercise's own words the formulas are set, of a learner's code nothing."""
    if exercise.kind == "prediction" and judgement.outcome in ("right", "wrong"):
        return prose_html(judgement.said, inline=True)
    return html.escape(legible(judgement.said)).replace("\n", "<br>")


def _parts(judgement: Judgement) -> str:
    if judgement.right or not judgement.parts:
        return ""
    said = [
        f"<span>{SIGNS['right' if ok else 'wrong']}&nbsp;{html.escape(name)}"
        f'<span class="unseen"> {"right" if ok else "wrong"}</span></span>'
        for name, ok in judgement.parts.items()
    ]
    return f'<p class="parts">{" ".join(said)}</p>'


def open_hints(hints: Sequence[str]) -> str:
    """Hints one below the other, of which the last is unfolded.

    Parameters
    ----------
    hints : sequence of str
        Those that are open, from the first rung.

    Returns
    -------
    str
        HTML.
    """
    folded = []
    for rung, hint in enumerate(hints):
        title, last = f"Hint {rung + 1}: {RUNGS[rung]}", rung + 1 == len(hints)
        lines = "<br>".join(prose_html(line, inline=True) for line in legible(hint).splitlines())
        folded.append(_folded(title, f"<p>{lines}</p>", open_now=last))
    return "\n".join(folded)


def _folded(title: str, inside: str, *, open_now: bool = False) -> str:
    state = " open" if open_now else ""
    return f"<details{state}><summary>{title}</summary>{inside}</details>"


def _section(inside: str) -> str:
    return f'<section class="trnn-exercise"><style>{exercise_style()}</style>{inside}</section>'
