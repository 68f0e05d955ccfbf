"""The words of a step: a heading, and one or more sentences that fit beside the formula."""

from __future__ import annotations

from dataclasses import dataclass

MAX_WORDS = 45
MAX_LINES = 4
LINE = 50
"""Characters in a line on a phone, at the size of the page's prose."""
MAX_HEADING = 60


@dataclass(frozen=True)
class Said:
    """A heading and a sentence.

    Attributes
    ----------
    heading : str
        The step as a student would say it. It tells no result, so that it can stand above one that is
        to be predicted.
    sentence : str
        What the step means here.
    """

    heading: str
    sentence: str

    @classmethod
    def of(cls, heading: str, *sentences: str) -> Said:
        """As many sentences as there is room for, in order; the first is cut if it must be.

        Parameters
        ----------
        heading : str
            The heading.
        *sentences : str
            What is said, the most important first; empty ones are left out.

        Returns
        -------
        Said
            What fits.

        Examples
        --------
        >>> Said.of("Both are added", "A sum.", "", "A word " * 40).sentence
        'A sum.'
        """
        first, *others = [s for s in sentences if s] or [""]
        text = first if fits(first) else _cut(first)
        for sentence in others:
            if fits(f"{text} {sentence}"):
                text = f"{text} {sentence}"
        return cls(_shortened(heading, MAX_HEADING), text)


def fits(text: str) -> bool:
    """Whether a text has room beside a formula, on a phone."""
    words = text.split()
    return len(words) <= MAX_WORDS and _lines(words) <= MAX_LINES


def _lines(words: list[str]) -> int:
    """How many lines words fill; ``textwrap`` would take a third of the time of telling a story."""
    lines, room = 0, 0
    for word in words:
        if len(word) >= room:
            lines, room = lines + 1 + (len(word) - 1) // LINE, LINE - 1 - (len(word) - 1) % LINE
        else:
            room -= len(word) + 1
    return lines


def _cut(text: str) -> str:
    """The whole sentences that fit; of a single one, its beginning."""
    kept = ""
    for sentence in text.split(". "):
        longer = f"{kept}. {sentence}" if kept else sentence
        if not fits(f"{longer}."):
            break
        kept = longer
    if kept:
        return kept if kept.endswith(".") else f"{kept}."
    words = text.split()
    while len(words) > 1 and not fits(" ".join(words) + " …"):
        words.pop()
    return (
        _shortened(" ".join(words), MAX_LINES * LINE // 2) if len(words) == 1 else f"{' '.join(words)} …"
    )


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
