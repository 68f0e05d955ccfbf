"""A loss in four units."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from math import exp, log
from typing import Self

from teachrnn.runs import Run
from teachrnn.views.style.number import format_number

LARGE = 1e5
"""From this value on, a loss is written with a power of ten."""

HEAD = ("nats per sequence", "nats per {}", "bits per {}", "perplexity")


@dataclass(frozen=True)
class LossUnits:
    r"""Writes a loss in every unit used in the field.

    Two decimals per sequence and three per symbol, as `per_sequence` and `per_symbol` have it.

    $$\text{bits} = \frac{\text{nats}}{\ln 2}, \qquad \text{perplexity} = e^{\text{nats}}, \qquad
    \text{nats per sequence} = T \cdot \text{nats per symbol}$$

    Attributes
    ----------
    symbol : str
        What a symbol is called: "character" or "word".
    length : int or None
        T, if every sequence has that length; items such as tweets have different lengths.

    Examples
    --------
    >>> units = LossUnits("character", 25)
    >>> units.text(39.5457 / 25)
    '39.55 nats per sequence = 1.582 nats = 2.282 bits per character (perplexity 4.86)'
    """

    symbol: str
    length: int | None

    @classmethod
    def of(cls, run: Run) -> Self:
        """The units in which the losses of a run can be given."""
        recipe = run.recipe
        symbol = "word" if recipe.vocabulary == "words" else "character"
        return cls(symbol, None if recipe.items else recipe.length)

    @property
    def head(self) -> tuple[str, ...]:
        """Names of the columns of `cells`."""
        return tuple(name.format(self.symbol) for name in HEAD[self.length is None :])

    def cells(self, nats: float) -> tuple[str, ...]:
        """A loss in nats per symbol, in every unit."""
        each = (per_symbol(nats), per_symbol(nats / log(2)), _perplexity(nats))
        return each if self.length is None else (per_sequence(self.length * nats), *each)

    def text(self, nats: float) -> str:
        """The same as a phrase."""
        *sequence, n, bits, perplexity = self.cells(nats)
        whole = f"{sequence[0]} nats per sequence = " if sequence else ""
        return f"{whole}{n} nats = {bits} bits per {self.symbol} (perplexity {perplexity})"

    def smooth(self, loss: float) -> str:
        """A smooth loss, given in nats per sequence, in every unit that applies."""
        if self.length is None:
            return f"{per_sequence(loss)} nats per sequence"
        return self.text(loss / self.length)

    def brief(self, loss: float) -> str:
        """A smooth loss in nats per sequence, and per symbol if all sequences have the same length."""
        each = "" if self.length is None else f" ({per_symbol(loss / self.length)} per {self.symbol})"
        return f"{per_sequence(loss)} nats per sequence{each}"


def per_sequence(nats: float) -> str:
    """A loss per sequence, to two decimals: two seeds of one recipe differ in the first."""
    return _decimals(nats, 2)


def per_symbol(loss: float) -> str:
    """A loss per symbol, to three decimals: for a sequence of 25, that is 0.025."""
    return _decimals(loss, 3)


def _decimals(x: float, places: int) -> str:
    """A loss with so many decimals, so that losses align; a huge one has none."""
    return f"{x:.{places}f}" if abs(x) < LARGE else format_number(x)


def _perplexity(nats: float) -> str:
    return format_number(exp(nats)) if nats < log(sys.float_info.max) else f"e^{format_number(nats)}"
