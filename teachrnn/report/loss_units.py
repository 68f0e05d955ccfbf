"""One loss in four units."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import Self

from teachrnn.runs import Run

HEAD = ("nats per sequence", "nats per {}", "bits per {}", "perplexity")


@dataclass(frozen=True)
class LossUnits:
    r"""Writes a loss in every unit that the field has: each says the same in its own way.

    $$\text{bits} = \frac{\text{nats}}{\ln 2}, \qquad \text{perplexity} = e^{\text{nats}}, \qquad
    \text{nats per sequence} = T \cdot \text{nats per symbol}$$

    Attributes
    ----------
    symbol : str
        What a symbol is called: "character" or "word".
    length : int or None
        T, where every sequence has that length; items such as tweets have lengths of their own.

    Examples
    --------
    >>> units = LossUnits("character", 25)
    >>> units.told(39.5457 / 25)
    '39.5457 nats per sequence = 1.5818 nats = 2.2821 bits per character (perplexity 4.86)'
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
        per_symbol = (f"{nats:.4f}", f"{nats / log(2):.4f}", _perplexity(nats))
        return per_symbol if self.length is None else (f"{self.length * nats:.4f}", *per_symbol)

    def told(self, nats: float) -> str:
        """The same as a phrase."""
        *sequence, n, bits, perplexity = self.cells(nats)
        whole = f"{sequence[0]} nats per sequence = " if sequence else ""
        return f"{whole}{n} nats = {bits} bits per {self.symbol} (perplexity {perplexity})"

    def smooth(self, loss: float) -> str:
        """A smooth loss, which is in nats per sequence, in every unit that it has."""
        if self.length is None:
            return f"{loss:.4f} nats per sequence"
        return self.told(loss / self.length)


def _perplexity(nats: float) -> str:
    value = exp(min(nats, 700.0))  # beyond that float64 has no number
    return f"{value:,.2f}" if value < 1e6 else f"{value:.2e}"
