"""A diagnosis as the judgement of an exercise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from teachrnn.diagnosis.diagnoses import Diagnoses
from teachrnn.diagnosis.diagnosis import Diagnosis
from teachrnn.diagnosis.hint import Hint, hint_step
from teachrnn.exercises.judgement import Judgement
from teachrnn.exercises.ladder import ladder

if TYPE_CHECKING:
    from teachrnn.exercises.exercise import Exercise

LOOK_AT = {
    "T": "look at what you carry from one step to the next",
    "sum": "look at how you add up over the steps",
    "m": "look at what distinguishes a matrix from its transpose",
    "B": "look at how you add up over the batch",
    "row": "look at how you add up over the rows of the batch",
}
"""What a larger size brings that a smaller one does not have."""


def judgement_of(
    exercise: Exercise,
    found: Diagnosis | Diagnoses,
    *,
    without: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> Judgement:
    """The judgement that a diagnosis comes to.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    found : Diagnosis or Diagnoses
        What was found in the attempt.
    without : sequence of str
        Parts that do not count, as they were given: "forward pass".
    remarks : sequence of str
        What else was noticed.

    Returns
    -------
    Judgement
        "right" or "wrong", with credit for each part that is right.
    """
    parts = {name: right for name, right in found.parts_right().items() if name not in without}
    right = bool(parts) and all(parts.values()) and found.verdict != "forward pass differs"
    one = found if isinstance(found, Diagnosis) else _first_wrong(found)
    smallest = "" if one is None or one.smallest is None else _capital(str(one.smallest))
    return Judgement(
        exercise.name,
        "right" if right else "wrong",
        credit=1.0 if right else sum(parts.values()) / max(len(parts), 1),
        parts=parts,
        said=_said(found, one, parts, right=right),
        mistakes=[] if right else list(dict.fromkeys(m.title for m in found.mistakes)),
        hints=[] if right else ladder(exercise, {} if one is None else rungs_of(one)),
        smallest="" if right else smallest,
        remarks=[*remarks, *found.remarks, *found.read_as],
    )


def rungs_of(found: Diagnosis) -> dict[int, str]:
    """What a diagnosis can say on each rung of the ladder.

    Parameters
    ----------
    found : Diagnosis
        Of an attempt that is wrong.

    Returns
    -------
    dict of int to str
        By rung; without those of which it knows nothing.
    """
    said = {
        1: _lines(hint_step(found, Hint.WHERE)),
        2: _lines(hint_step(found, Hint.CASE)),
        3: _lines(hint_step(found, Hint.FORMULA)),
        4: " ".join(f"{_capital(m.title)}. {m.why}" for m in found.mistakes),
    }
    return {rung: text for rung, text in said.items() if text}


def _said(
    found: Diagnosis | Diagnoses, one: Diagnosis | None, parts: Mapping[str, bool], *, right: bool
) -> str:
    if right and found.right:
        return found.hints(Hint.VERDICT).splitlines()[-1 if isinstance(found, Diagnoses) else 0]
    if one is None and isinstance(found, Diagnoses):
        return " ".join(found.failures.values())
    if one is not None and one.verdict == "forward pass differs":
        return one.hints(Hint.VERDICT).splitlines()[0]
    there = {c.said for c in one.compared} if one is not None else set(parts)
    missing = [name for name, fine in parts.items() if not fine and name not in there]
    missing = missing if isinstance(found, Diagnosis) else []
    wrong = [name for name, fine in parts.items() if not fine and name not in missing]
    fine = [name for name, fine in parts.items() if fine and name != "forward pass"]
    said = [_are(names, what) for names, what in ((wrong, "wrong"), (fine, "right")) if names]
    words = f"{'; '.join(said)}." if said else ""
    lost = f"{_are(missing, 'not returned')}." if missing else ""
    return " ".join(filter(None, [_capital(words), lost, _turning_point(one)]))


def _turning_point(found: Diagnosis | None) -> str:
    """At which size it turns wrong, and what to look at."""
    if found is None or found.smallest is None or not found.smallest.passes:
        return ""
    passes, sizes = found.smallest.passes[-1], found.smallest.sizes
    if passes == "a single row":
        return f"It passes for {passes} and fails for two: {LOOK_AT['row']}."
    if " with m = 1" in passes:
        return f"It passes with one unit and fails with two: {LOOK_AT['m']}."
    size, _, before = passes.partition(" = ")
    after = next((s.partition(" = ")[2] for s in sizes.split(", ") if s.startswith(f"{size} = ")), "2")
    what = "sum" if size == "T" and found.first is None else size
    return f"It passes at {size} = {before} and fails at {size} = {after}: {LOOK_AT[what]}."


def _first_wrong(found: Diagnoses) -> Diagnosis | None:
    return next((part for part in found.parts.values() if not part.right), None)


def _lines(lines: object) -> str:
    return "\n".join(line.strip() for line in lines)  # type: ignore[attr-defined]


def _are(names: Sequence[str], what: str) -> str:
    return f"{_listed(names)} {'is' if len(names) == 1 else 'are'} {what}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


def _capital(text: str) -> str:
    """With a capital, unless it begins with a symbol: dW stays dW, and dx stays dx."""
    word = text.split(" ")[0].strip(",.;")
    is_word = word.islower() and word.isalpha() and (len(word) > 3 or word == "the")
    return text[:1].upper() + text[1:] if is_word else text
