"""Blanks in the words of a tour, filled from the story that is shown.

``{norm:dh[3]}`` is the norm of a value or gradient, ``{value:dh[3][0]}`` an entry of it, ``{value:L}`` a
single number, ``{symbol:x[3]}`` the symbol that is read, ``{chance:L[3]}`` the probability of the true
symbol at a loss, ``{guess:L[3]}`` the symbol that was thought the most probable and ``{guessed:L[3]}``
its probability, ``{reach:h,4,1}`` the norm of what the loss at step 4 contributes to dh at step 1 (of a
parameter: through step 1), ``{kept:W,2}`` the norm of dW truncated to 2 steps, ``{angle:W,2}`` its angle
to the whole in degrees and ``{cosine:W,2}`` the cosine of that. Between two of them may stand a slash,
``{norm:dh[4] / norm:dh[1]}``. ``{math:dh[3]}`` is the name as formulas have it. The same blanks are
filled in the browser by ``views/player/tour/blanks.js``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from math import acos, degrees, exp

import numpy as np

from teachrnn.errors import DomainError, NameLookupError
from teachrnn.op import Op
from teachrnn.ops import CrossEntropy
from teachrnn.triangle import Reach, Triangle
from teachrnn.views.story import Quantity
from teachrnn.views.story.named_story import NamedStory
from teachrnn.views.style.visible_symbol import visible_symbol

BLANK = re.compile(r"\{([^{}]*)\}")
_ENTRY = re.compile(r"(.*?)\[([\d, ]*)\]$")


def blanks(text: str) -> Iterator[str]:
    """What stands in the blanks of a text.

    Examples
    --------
    >>> list(blanks("Its norm is {norm:dh[3]}, of {norm:dh[4]}."))
    ['norm:dh[3]', 'norm:dh[4]']
    """
    yield from BLANK.findall(text)


def count_words(text: str) -> int:
    """How many words a text has when its blanks are filled.

    Examples
    --------
    >>> count_words("Its norm is {norm:dh[4] / norm:dh[1]} times as large.")
    7
    """
    return len(BLANK.sub("0", text).split())


@dataclass(frozen=True, eq=False)
class StoryNumbers:
    """The numbers of a story by what stands in a blank.

    Parameters
    ----------
    story : NamedStory
        The story.

    Examples
    --------
    >>> from teachrnn.runs import small_network
    >>> numbers = StoryNumbers(NamedStory(small_network("hello").trace, "ehlo"))
    >>> numbers.of("symbol:x[3]"), numbers.of("norm:dh[4]") == numbers.of("reach:h,4,4")
    ('l', True)
    """

    story: NamedStory

    @cached_property
    def quantities(self) -> dict[str, Quantity]:
        """The values and gradients of the story by name; of a sum that grows, the last."""
        found: dict[str, Quantity] = {}
        for step in self.story.steps:
            for q in step.operands:
                found.setdefault(q.name, q)
            for outcome in step.outcomes:
                found.update((q.name, q) for q in outcome.quantities)
        return found

    @cached_property
    def _triangle(self) -> dict[str, Reach]:
        found = Triangle.of(self.story.trace) if self.story.trace.losses else None
        return {} if found is None else found.reaches

    def of(self, blank: str) -> float | str:
        """What fills a blank.

        Raises
        ------
        DomainError
            If it is written in no known way.
        NameLookupError
            If the story has nothing of that name.
        """
        parts = [self._single(part.strip()) for part in blank.split(" / ")]
        if len(parts) == 1:
            return parts[0]
        if len(parts) > 2 or any(isinstance(part, str) for part in parts):
            raise DomainError(f"{{{blank}}} is not one number divided by another.")
        return float(parts[0]) / float(parts[1])

    def quantity(self, name: str) -> Quantity:
        """A value or gradient.

        Raises
        ------
        NameLookupError
            With the nearest names.
        """
        if name not in self.quantities:
            raise NameLookupError(unknown(name, self.quantities))
        return self.quantities[name]

    def _single(self, part: str) -> float | str:
        kind, colon, rest = part.partition(":")
        if not colon or kind not in KINDS:
            raise DomainError(
                f"{{{part}}} is not a blank: a blank is one of {', '.join(KINDS)}, a colon and a name."
            )
        return KINDS[kind](self, rest)

    def _norm(self, name: str) -> float:
        return float(np.linalg.norm(self.quantity(name).data.ravel()))

    def _value(self, place: str) -> float:
        name, places = place, ""
        if place not in self.quantities and (found := _ENTRY.match(place)):
            name, places = found[1], found[2]
        index = tuple(int(i) for i in places.split(",") if i.strip())
        data = self.quantity(name).data
        if len(index) != data.ndim or any(i >= n for i, n in zip(index, data.shape, strict=True)):
            raise DomainError(f"{place} is not an entry: {name} has shape {data.shape}.")
        return float(data[index])

    def _symbol(self, name: str) -> str:
        data = self.quantity(name).data
        if data.dtype.kind not in "iu" or data.ndim or self.story.symbols is None:
            raise DomainError(f"{name} is not a symbol.")
        return visible_symbol(self.story.symbols[int(data)])

    def _chances(self, name: str) -> np.ndarray:
        self.quantity(name)
        loss = self.story.trace[name]
        if loss not in self.story.trace.losses or not isinstance(loss, Op):
            raise DomainError(f"{name} is not a loss.")
        scores = loss.operands[0].data
        if isinstance(loss, CrossEntropy):
            return scores
        powers = np.exp(scores - scores.max())
        shares: np.ndarray = powers / powers.sum()
        return shares

    def _chance(self, name: str) -> float:
        self._chances(name)
        return exp(-self._value(name))

    def _guess(self, name: str) -> str:
        if self.story.symbols is None:
            raise DomainError(f"{name} has no symbols.")
        return visible_symbol(self.story.symbols[int(np.argmax(self._chances(name)))])

    def _guessed(self, name: str) -> float:
        return float(self._chances(name).max())

    def _reach(self, place: str) -> float:
        reach, (t, k) = self._reached(place, 2)
        norm = float(reach.norms[t - 1, k - 1])
        if not norm >= 0:
            raise DomainError(f"no loss at step {t} contributes through step {k}.")
        return norm

    def _kept(self, place: str) -> float:
        reach, (horizon,) = self._reached(place, 1)
        return float(reach.kept[horizon - 1])

    def _cosine(self, place: str) -> float:
        reach, (horizon,) = self._reached(place, 1)
        return float(reach.cosine[horizon - 1])

    def _angle(self, place: str) -> float:
        return degrees(acos(min(1.0, max(-1.0, self._cosine(place)))))

    def _reached(self, place: str, count: int) -> tuple[Reach, list[int]]:
        name, *steps = (part.strip() for part in place.split(","))
        if name not in self._triangle:
            raise NameLookupError(unknown(name, self._triangle))
        T = self.story.trace.T
        if len(steps) != count or not all(s.isdecimal() and 1 <= int(s) <= T for s in steps):
            raise DomainError(f"{place} must be a name and {count} of the steps 1 to {T}, with commas.")
        return self._triangle[name], [int(s) for s in steps]

    def _name(self, name: str) -> str:
        return self.quantity(name).name


KINDS: dict[str, Callable[[StoryNumbers, str], float | str]] = {
    "norm": StoryNumbers._norm,
    "value": StoryNumbers._value,
    "symbol": StoryNumbers._symbol,
    "chance": StoryNumbers._chance,
    "guess": StoryNumbers._guess,
    "guessed": StoryNumbers._guessed,
    "reach": StoryNumbers._reach,
    "kept": StoryNumbers._kept,
    "cosine": StoryNumbers._cosine,
    "angle": StoryNumbers._angle,
    "math": StoryNumbers._name,
}


def unknown(name: str, known: Iterable[str]) -> str:
    """What is said of a name that is not among those known.

    Examples
    --------
    >>> unknown("dh[9]", ["h[1]", "dh[1]", "dh[2]"])
    "nothing is named 'dh[9]'; near: dh[2], dh[1], h[1]."
    """
    names = list(known)
    near = get_close_matches(name, names, n=4, cutoff=0.4) or names[:4]
    return f"nothing is named {name!r}; near: {', '.join(near)}."
