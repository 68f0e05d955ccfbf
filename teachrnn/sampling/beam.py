"""Beam search for the most likely text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.memory import room_for
from teachrnn.sampling.prime import check_request
from teachrnn.sampling.reader import BranchingReader, State
from teachrnn.sampling.softmax import check_scores


class Hypothesis(NamedTuple):
    """A text, and how likely it is.

    Attributes
    ----------
    tokens : ndarray of int
        The text, without the prime.
    log_probability : float
        The logarithm of its probability, given the prime, in nats.
    """

    tokens: Array
    log_probability: float


@np.errstate(under="ignore")
def beam(
    reader: BranchingReader,
    *,
    prime: Sequence[int] | Array,
    count: int,
    width: int,
    stop: int | None = None,
    state: Mapping[str, Array] | None = None,
) -> list[Hypothesis]:
    r"""Search for the most likely text of a given length, keeping the best few prefixes at every symbol.

    $$\arg\max_{y_1 \dots y_N} \sum_{t=1}^{N} \log p(y_t \mid \text{prime}, y_1 \dots y_{t-1})$$

    Width 1 is greedy choice. Width $K^{N-1}$ is exhaustive: the first text in the result is the most
    likely of all. In between, a wider search finds likelier texts at a higher cost, without guarantee.

    The most likely text is not the best one. People don't write the most likely word every time;
    their text keeps surprising, while each repetition makes the next one likelier to a network.
    So the maximum of the probability tends to be a loop of a few common words, and the wider the
    beam, the more surely it is found. To generate text, draw (`Nucleus`); to find the text that the
    network considers most likely, search.

    Texts that have reached ``stop`` are kept as they are and compete with the longer ones, which are
    at a disadvantage: every further symbol lowers the probability.

    Parameters
    ----------
    reader : BranchingReader
        The network.
    prime : sequence of int
        What it reads first, at least one symbol; not part of the result.
    count : int
        N, the length of the text.
    width : int
        How many prefixes are kept.
    stop : int, optional
        A symbol that ends a text; it is the last of that text.
    state : mapping, optional
        State vectors to start from, (m,) by name, such as those of a trained model; zeros where not
        given. Width 1 is greedy choice *from the same state*.

    Returns
    -------
    list of Hypothesis
        At most ``width`` texts, the most likely first.

    Raises
    ------
    DomainError
        If the width is not positive, the prime is empty or holds what is not a symbol, the count is
        negative, or the scores are not finite.

    References
    ----------
    Graves (2012), Sequence transduction with recurrent neural networks, algorithm 1; Holtzman et
    al. (2020), The curious case of neural text degeneration, ICLR, figures 1, 2 and 4, on repetition.

    Examples
    --------
    The likeliest first symbol, 0, leads nowhere in particular; 1 leads to 2 for certain.

    >>> class Bigrams:
    ...     symbols = 3
    ...     def read_many(self, tokens, state):
    ...         p = np.array([[0.5, 0.4, 0.1], [0.01, 0.01, 0.98], [0.4, 0.3, 0.3]])
    ...         return np.log(p[tokens]), {}
    >>> for tokens, log_probability in beam(Bigrams(), prime=[0], count=2, width=2):
    ...     print(tokens, round(np.exp(log_probability), 3))
    [1 2] 0.392
    [0 0] 0.25
    """
    if width < 1:
        raise DomainError(f"the width is {width} but a beam must keep at least 1 beginning.")
    *before, last = check_request(prime, count, stop, symbols=reader.symbols)
    kept = min(width, reader.symbols ** min(count, 64))  # there are no more beginnings than that
    with room_for(
        kept * (reader.symbols + count),
        np.float64,
        what=f"A beam of {kept:,} texts of {count:,} symbols",
        advice="Choose a smaller width, or a shorter text.",
    ):
        return _search(reader, before, last, count, width, state, stop)


def _search(
    reader: BranchingReader,
    before: list[int],
    last: int,
    count: int,
    width: int,
    state: Mapping[str, Array] | None,
    stop: int | None,
) -> list[Hypothesis]:
    """The search itself, whose request makes sense."""
    states: State | None = {name: np.reshape(h, (1, -1)) for name, h in (state or {}).items()} or None
    for symbol in before:
        _, states = reader.read_many(np.array([symbol]), states)
    texts, log_p = np.array([[last]]), np.zeros(1)  # the prime's last symbol is cut off in the end
    ended: list[Hypothesis] = []
    for _ in range(count):
        scores, states = reader.read_many(texts[:, -1], states)
        longer = (log_p[:, None] + _log_softmax(scores)).ravel()
        rivals = np.concatenate([[text.log_probability for text in ended], longer])
        best = np.argsort(-rivals, kind="stable")[:width]
        grown = best[best >= len(ended)]
        parents, tokens = np.divmod(grown - len(ended), reader.symbols)
        ended = [ended[i] for i in best if i < len(ended)]
        texts, log_p = np.column_stack([texts[parents], tokens]), rivals[grown]
        open_ = tokens != stop
        ended += _hypotheses(texts[~open_], log_p[~open_])
        texts, log_p, parents = texts[open_], log_p[open_], parents[open_]
        if len(texts) == 0:
            break
        states = {name: vectors[parents] for name, vectors in states.items()}
    ended += _hypotheses(texts, log_p)
    return sorted(ended, key=lambda text: -text.log_probability)


def _hypotheses(texts: Array, log_p: Array) -> list[Hypothesis]:
    return [Hypothesis(text[1:], number) for text, number in zip(texts, log_p.tolist(), strict=True)]


def _log_softmax(scores: Array) -> Array:
    shifted = np.array([o - top for o, _, top in map(check_scores, scores)])
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
