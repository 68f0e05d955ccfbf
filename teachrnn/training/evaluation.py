"""The loss on a text that is not trained on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.models import CharRNN
from teachrnn.models.sequence import check_state, check_tokens

LEAST_STREAM = 2000
"""Minimum length, in symbols, of the parallel streams in which a text is read."""
MAX_STREAMS, MAX_STREAMS_OF_ITEMS = 16, 64
LENGTH = 100


class Evaluation:
    r"""Mean loss of a model on a text: an honest figure, if the text was held out.

    The hidden state is carried through, so that the model is judged with the memory that it has when
    reading; with a state reset every 25 symbols, the loss would be too high. A long text
    is read as up to 16 parallel streams, which is faster: each starts from the state given.

    Parameters
    ----------
    model : CharRNN
        Not copied: it may be trained further between two measurements.
    tokens : ndarray of int
        The text, (N,).
    end : int, optional
        The number of the symbol that ends an item: there the state starts from 0, as in training.

    Raises
    ------
    DomainError
        If the text is too short, or holds a number that is not a symbol of the model.

    Examples
    --------
    >>> model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
    >>> round(Evaluation(model, np.arange(200) % 4)(), 2)      # near log 4, being untrained
    1.39
    """

    def __init__(self, model: CharRNN, tokens: Array, *, end: int | None = None) -> None:
        if len(tokens) < 2:
            raise DomainError(
                f"the text to measure the loss on has {len(tokens)} symbols: at least two are needed."
            )
        check_tokens(tokens, model.symbols, what="validation text")
        self.model, self.tokens, self.end = model, np.asarray(tokens), end
        most = MAX_STREAMS if end is None else MAX_STREAMS_OF_ITEMS
        self.streams = int(np.clip((len(tokens) - 1) // LEAST_STREAM, 1, most))
        self.each = (len(tokens) - 1) // self.streams  # symbols that a stream predicts
        # Items end anywhere, so where the state may need a reset, symbols are read one by one.
        whole, rest = divmod(self.each, LENGTH if end is None else 1)
        self._lengths = [LENGTH if end is None else 1] * whole + ([rest] if rest else [])
        self._paths = {
            T: model.path(length=T, batch=self.streams, checked=False) for T in set(self._lengths)
        }
        self._starts = np.arange(self.streams) * self.each

    def __call__(self, state: Mapping[str, Array] | None = None) -> float:
        """The mean loss in nats per symbol.

        Parameters
        ----------
        state : mapping, optional
            Initial state vectors, (m,) by name; zeros where not given.

        Raises
        ------
        NameLookupError, ShapeError, DomainError
            If the model has no such state, or a vector does not fit.
        """
        names, m = self.model.state_names(), self.model.hidden
        given = check_state({} if state is None else state, names=names, shape=(m,), m=m)
        begin = {name: given.get(name, np.zeros(m)) for name in names}
        total, place, path = 0.0, 0, None
        for T in self._lengths:
            following = self._paths[T]
            if path is None:
                following.start(begin)
            elif following is not path:
                following.start(path.state)
            path = following
            at = self._starts + place + np.arange(T + 1)[:, np.newaxis]
            read = self.tokens[at].astype(np.intp)
            if self.end is not None:
                for vectors in path.state.values():
                    vectors[read[0] == self.end] = 0
            total += path.loss(read[:-1], read[1:])
            path.carry()
            place += T
        return total / (self.each * self.streams)
