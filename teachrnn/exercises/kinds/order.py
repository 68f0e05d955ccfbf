"""Exercises in which shuffled lines are put in order, some of which are wrong."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

from teachrnn.errors import SubmissionError
from teachrnn.exercises.handed_in import HandedInAttempt
from teachrnn.exercises.judgement import Judgement
from teachrnn.exercises.kinds.kind import ExerciseKind
from teachrnn.exercises.ladder import ladder
from teachrnn.exercises.line_dependence import depend, parsed_line

if TYPE_CHECKING:
    from teachrnn.exercises.exercise import Exercise

INDENT = 4


@dataclass(frozen=True)
class OfferedLine:
    """A line to be put in its place, or to be left out.

    Attributes
    ----------
    text : str
        The line, without the spaces before it.
    indent : int
        How far it is indented, in levels.
    place : int
        Its place in the solution, counted from 0; of a wrong line, that of the line it replaces.
    why : str
        Of a wrong line, what is wrong with it; empty for a right one.
    """

    text: str
    indent: int
    place: int
    why: str = ""


@dataclass(frozen=True)
class OrderExercise(ExerciseKind):
    """Lines of a program, shuffled, and among them wrong ones that replace a right one.

    Lines that do not depend on each other may stand in either order.

    Attributes
    ----------
    indentation : {"given", "yours"}
        Whether every line comes with its spaces, or they are part of the answer.
    """

    name = "order"
    is_code = False

    indentation: Literal["given", "yours"] = "given"

    def complaints(self, exercise: Exercise) -> Iterator[str]:
        lines = _lines(exercise.solution)
        if len(lines) < 2:
            yield "`solution` must have two lines or more, which are put in order."
        for text, indent in lines:
            if parsed_line(text) is None:
                yield f"the line {text!r} of the solution is no statement by itself."
            if indent != int(indent):
                yield f"the line {text!r} must be indented by multiples of {INDENT} spaces."
        for distractor in exercise.distractors:
            wrong = _lines(exercise.mistaken(distractor))
            changed = [a for a, b in zip(lines, wrong, strict=False) if a != b]
            if len(wrong) != len(lines) or (len(changed) != 1 and sorted(wrong) != sorted(lines)):
                yield (
                    f"the distractor {distractor.why!r} must change one line of the solution, or "
                    "the order of its lines."
                )

    def offered(self, exercise: Exercise) -> list[OfferedLine]:
        """The lines as the learner gets them: shuffled, always in the same way.

        Parameters
        ----------
        exercise : Exercise
            The exercise.

        Returns
        -------
        list of OfferedLine
            Right and wrong ones.
        """
        lines = [*self._right(exercise), *self._wrong(exercise)]
        random.Random(zlib.crc32(exercise.name.encode())).shuffle(lines)
        return lines

    def pairs(self, exercise: Exercise) -> list[tuple[int, int]]:
        """Which lines must stand before which: those that read or write what the other writes.

        Parameters
        ----------
        exercise : Exercise
            The exercise.

        Returns
        -------
        list of (int, int)
            Places in the solution.
        """
        return [
            (a.place, b.place)
            for a, b in combinations(self._right(exercise), 2)
            if b.text.startswith("return") or depend(a.text, b.text)
        ]

    def heads(self, exercise: Exercise) -> list[int | None]:
        """For each line of the solution, the one that heads its block.

        Parameters
        ----------
        exercise : Exercise
            The exercise.

        Returns
        -------
        list of int or None
            Places in the solution; None outside of every block.
        """
        return _heads(self._right(exercise))

    def untouched(self, exercise: Exercise, attempt: HandedInAttempt) -> bool:
        if super().untouched(exercise, attempt):
            return True
        return [text for text, _ in self._taken(attempt)] in (
            [],
            [line.text for line in self.offered(exercise)],
        )

    def judged(
        self, exercise: Exercise, attempt: HandedInAttempt, *, isolated: bool, seed: int
    ) -> Judgement:
        right, known = self._right(exercise), self.offered(exercise)
        order: list[OfferedLine] = []
        for text, indent in self._taken(attempt):
            same = [line for line in known if line.text == text]
            left = [line for line in same if line not in order] or same
            if not left:
                raise SubmissionError(f"this line is none of those that are to be ordered: {text}")
            if self.indentation == "given":
                indent = left[0].indent
            order.append(OfferedLine(text, int(indent), left[0].place, left[0].why))
        found = self._found(exercise, order)
        parts = {f"line {line.place + 1}": line.place not in found.off for line in right}
        if not (found.off or found.twice):
            said = f"Right: all {len(right)} lines stand where they can."
            return Judgement(exercise.name, "right", 1.0, parts, said)
        mistakes = [line.why for line in found.wrong] + self._misordered(exercise, found)
        whole = 0.5 if found.twice or (found.wrong and not found.missing) else 1.0
        return Judgement(
            exercise.name,
            "wrong",
            whole * sum(parts.values()) / len(parts),
            parts,
            " ".join(found.said()),
            list(dict.fromkeys(mistakes)),
            ladder(exercise, found.rungs(right)),
        )

    # Inside ------------------------------------------------------------------------------------

    def _right(self, exercise: Exercise) -> list[OfferedLine]:
        lines = _lines(exercise.solution)
        return [OfferedLine(text, int(indent), i) for i, (text, indent) in enumerate(lines)]

    def _wrong(self, exercise: Exercise) -> list[OfferedLine]:
        """The lines of the distractors: those that change a line; not those that change the order."""
        right, found = _lines(exercise.solution), []
        for distractor in exercise.distractors:
            lines = _lines(exercise.mistaken(distractor))
            if sorted(lines) != sorted(right):
                place = next(i for i, (a, b) in enumerate(zip(right, lines, strict=True)) if a != b)
                text, indent = lines[place]
                found.append(OfferedLine(text, int(indent), place, distractor.name))
        return found

    def _taken(self, attempt: HandedInAttempt) -> list[tuple[str, float]]:
        """The lines that were handed in."""
        answer: Any = attempt.answer
        if isinstance(answer, str):
            return _lines(answer)
        if isinstance(answer, list | tuple) and all(isinstance(line, str) for line in answer):
            return _lines("\n".join(answer))
        raise SubmissionError("an order is a list of lines, or a text of them.")

    def _found(self, exercise: Exercise, order: Sequence[OfferedLine]) -> _Found:
        """What is wrong with lines in this order."""
        right = self._right(exercise)
        fine = [line.place for line in order if not line.why]
        at = {line.place: i for i, line in enumerate(order)}
        violated = [(a, b) for a, b in self.pairs(exercise) if a in at and b in at and at[a] > at[b]]
        late = {b for _, b in violated}
        heads, strayed = _heads(right), []
        for line, head in zip(order, _heads(order), strict=True):
            if head != heads[line.place] and line.place not in late:
                strayed.append((heads[line.place], line.place))
        return _Found(
            [line for line in order if line.why],
            [line for line in right if line.place not in fine],
            violated,
            strayed,
            len(fine) > len(set(fine)),
        )

    def _misordered(self, exercise: Exercise, found: _Found) -> list[str]:
        """The distractors that change the order, in the way that is seen here."""
        right, named = self._right(exercise), []
        texts = [line.text for line in right]
        for distractor in exercise.distractors:
            lines = _lines(exercise.mistaken(distractor))
            if sorted(lines) == sorted((line.text, line.indent) for line in right):
                own = self._found(exercise, [right[texts.index(text)] for text, _ in lines]).violated
                if own and set(own) <= set(found.violated):
                    named.append(distractor.name)
        return named


@dataclass(frozen=True)
class _Found:
    """What is wrong with lines in some order.

    Attributes
    ----------
    wrong, missing : list of OfferedLine
        Lines that are there and should not be, and lines that are not there.
    violated : list of (int, int)
        Places of lines, of which the first should stand before the second.
    strayed : list of (int or None, int)
        The place of the line that should head the block of the second.
    twice : bool
        Whether a line is there twice.
    """

    wrong: list[OfferedLine]
    missing: list[OfferedLine]
    violated: list[tuple[int, int]]
    strayed: list[tuple[int | None, int]]
    twice: bool

    @property
    def off(self) -> set[int]:
        """Places of the solution at which something is wrong."""
        lines = {line.place for line in [*self.missing, *self.wrong]}
        return lines | {b for _, b in [*self.violated, *self.strayed]}

    def said(self) -> Iterator[str]:
        """How much is wrong, a sentence for each kind."""
        replaced = {line.place for line in self.wrong}
        bare = [line for line in self.missing if line.place not in replaced]
        if (count := len(self.wrong)) > 0:
            yield (
                f"{count} {'line is' if count == 1 else 'lines are'} wrong: among those left out "
                f"{'is one' if count == 1 else 'are some'} that can stand there."
            )
        if bare:
            yield f"{len(bare)} {'line is' if len(bare) == 1 else 'lines are'} missing."
        if self.twice:
            yield "A line is there twice."
        if (count := len(self.violated)) > 0:
            yield (
                f"{count} {'line stands' if count == 1 else 'lines stand'} before another on which "
                f"{'it depends' if count == 1 else 'they depend'}."
            )
        elif (count := len(self.strayed)) > 0:
            yield f"{count} {'line stands' if count == 1 else 'lines stand'} in a block of others."

    def rungs(self, right: Sequence[OfferedLine]) -> dict[int, str]:
        """What can be said on each rung of the ladder."""
        said = {}
        if self.violated:
            a, b = self.violated[0]
            said[1] = f"`{right[b].text}` must stand after `{right[a].text}`, on which it depends."
        elif self.wrong:
            said[1] = f"Look at `{self.wrong[0].text}`: there is a line that could stand in its place."
        elif self.strayed:
            head, line = self.strayed[0]
            where = "outside of every block" if head is None else f"in the block of `{right[head].text}`"
            said[1] = f"`{right[line].text}` belongs {where}."
        elif self.missing:
            made = right[self.missing[0].place].text.split()[0]
            said[1] = f"The line that makes `{made}` is missing."
        if self.wrong:
            said[4] = f"Of `{self.wrong[0].text}`: {self.wrong[0].why}."
        return said


def _lines(text: str) -> list[tuple[str, float]]:
    """The lines of a program that say something, and how far they are indented, in levels."""
    found = []
    for line in text.expandtabs(INDENT).splitlines():
        code = line.partition("  #")[0].rstrip()
        if code.strip() and not code.lstrip().startswith("#"):
            found.append((code.strip(), (len(code) - len(code.lstrip())) / INDENT))
    return found


def _heads(lines: Sequence[OfferedLine]) -> list[int | None]:
    """For each line, the place of the one that heads its block: the nearest above indented less."""
    heads: list[int | None] = []
    for i, line in enumerate(lines):
        above = [other.place for other in lines[:i] if other.indent < line.indent]
        heads.append(above[-1] if above else None)
    return heads
