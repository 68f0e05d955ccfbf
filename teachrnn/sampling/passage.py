"""Writing a passage, symbol by symbol, and what is known about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import TeachrnnError
from teachrnn.memory import room_for
from teachrnn.sampling.prime import check_request
from teachrnn.sampling.reader import Reader
from teachrnn.sampling.sampler import Sampler


@dataclass(frozen=True, eq=False)
class Passage:
    """What a network wrote.

    Attributes
    ----------
    tokens : ndarray of int
        The numbers of the symbols drawn, (N,).
    distribution : ndarray, optional
        p, the probabilities that each was drawn with, (N, K), after temperature and the like;
        only if it was asked for with ``record=True``.
    """

    tokens: Array
    distribution: Array | None = None

    @property
    @np.errstate(under="ignore")
    def entropy(self) -> Array:
        r"""How open each draw was: $-\sum_k p_k \log p_k$, in nats, (N,).

        Raises
        ------
        TeachrnnError
            If the distribution was not recorded.
        """
        p = self._recorded("entropy")
        log_p = np.log(p, out=np.zeros_like(p), where=p > 0)  # p log p is 0 at 0
        return np.abs(np.sum(p * log_p, axis=1))  # the sum is not positive; no minus 0

    @property
    def surprise(self) -> Array:
        r"""How unlikely each symbol was: $-\log p_k$ of the one drawn, in nats, (N,).

        Raises
        ------
        TeachrnnError
            If the distribution was not recorded.
        """
        p = self._recorded("surprise")
        return np.abs(np.log(p[np.arange(len(p)), self.tokens]))

    def _recorded(self, what: str) -> Array:
        if self.distribution is None:
            raise TeachrnnError(
                f"the {what} needs the distributions, which were not recorded: write the passage "
                "with record=True."
            )
        return self.distribution


def write(
    reader: Reader,
    sampler: Sampler | type[Sampler] | str,
    *,
    prime: Sequence[int] | Array,
    count: int,
    rng: np.random.Generator,
    record: bool = False,
    stop: int | None = None,
) -> Passage:
    """Let a network write: every symbol drawn is what it reads next.

    The reader is left one symbol behind: the last one drawn is not read yet. To write on, give it as
    the prime. Chance is drawn up front, one number for each of ``count`` symbols, even if the text
    stops before. The same reader, prime and state of ``rng`` give the same text, and 100 symbols
    and then 100 more are the 200 that would have been written at once.

    Parameters
    ----------
    reader : Reader
        The network, with the state that it is in.
    sampler : Sampler, type of Sampler or str
        How to draw.
    prime : sequence of int
        What the network reads before it writes, at least one symbol; not part of the result.
    count : int
        How many symbols to draw.
    rng : numpy.random.Generator
        Source of the random numbers.
    record : bool
        Keep the distribution that each symbol was drawn from.
    stop : int, optional
        A symbol that ends the text; it is the last of the result.

    Returns
    -------
    Passage
        What was written.

    Raises
    ------
    DomainError
        If the prime is empty or holds what is not a symbol, the count is negative, or the scores
        are not finite.

    Examples
    --------
    >>> from teachrnn import Temperature
    >>> class Onward:
    ...     symbols = 3
    ...     def read(self, symbol):
    ...         return np.log(0.02 + 0.94 * np.eye(3)[(symbol + 1) % 3])
    >>> passage = write(
    ...     Onward(), Temperature(), prime=[0], count=8, rng=np.random.default_rng(1), record=True
    ... )
    >>> passage.tokens
    array([1, 2, 0, 1, 2, 0, 1, 2])
    >>> passage.surprise[0].round(3)                # -log 0.96
    np.float64(0.041)
    """
    *before, symbol = check_request(prime, count, stop, symbols=reader.symbols)
    sampler = Sampler.make(sampler)
    read, draw = reader.read, sampler.draw
    written: list[int] = []
    with room_for(
        count * (reader.symbols + 3 if record else 3),
        np.float64,
        what=f"A text of {count:,} symbols",
        advice="Write a shorter one, and write on from its end.",
    ):
        recorded = np.empty((count if record else 0, reader.symbols))
        chances: list[float] = rng.random(count).tolist()  # Python numbers: quicker one by one
    with np.errstate(all="ignore"):  # the sampler refuses scores that are not finite
        for earlier in before:
            read(earlier)
        for t, u in enumerate(chances):
            scores = read(symbol)
            if record:
                recorded[t] = sampler.distribution(scores)
            symbol = draw(scores, u)
            written.append(symbol)
            if symbol == stop:
                break
    tokens = np.array(written, np.intp)
    return Passage(tokens, recorded[: len(tokens)] if record else None)
