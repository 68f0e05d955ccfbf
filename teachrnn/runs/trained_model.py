"""A model with its vocabulary, ready to sample from."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Literal

import numpy as np

from teachrnn.array import Array
from teachrnn.data import END, Vocabulary
from teachrnn.models import CharRNN
from teachrnn.runs.checkpoint import Checkpoint
from teachrnn.sampling import Hypothesis, Passage, Sampler, beam, write

Which = Literal["validation", "smooth", "last"]


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """The result of a run: the network and its vocabulary.

    Attributes
    ----------
    model : CharRNN
        The network.
    vocabulary : Vocabulary
        Its symbols.
    state : dict
        The hidden state to continue from, (m,) by name: the one in which training left it. Empty for
        zeros, from which a model of items starts.

    Examples
    --------
    >>> from teachrnn import Greedy, Recipe, Run, Source
    >>> run = Run(Recipe.find("adam").but(hidden=8, length=5, updates=20), Source.of("ab" * 99))
    >>> _ = list(run.steps())
    >>> trained = run.trained()
    >>> len(trained.sample(30, prime="a", sampler=Greedy(), rng=np.random.default_rng(0)))
    30
    """

    model: CharRNN
    vocabulary: Vocabulary
    state: dict[str, Array] = field(default_factory=dict)

    @classmethod
    def load(cls, path: str | Path, which: Which = "validation") -> TrainedModel:
        """Read a model out of a checkpoint; the text that it was trained on is not needed.

        Parameters
        ----------
        path : str or Path
            A checkpoint, as `Run.save` writes it.
        which : {"validation", "smooth", "last"}
            The model of the lowest validation loss (or, where none was measured, the last one), of
            the lowest smooth loss, or the last one.

        Returns
        -------
        TrainedModel
            The model, with the hidden state to continue from.

        Raises
        ------
        FileFormatError
            If the file is missing, damaged, of another kind or of a newer version: see
            `Checkpoint.load`.
        """
        held = Checkpoint.load(path)
        model, kept = held.empty_model(), held.training
        best = kept.best_smooth if which == "smooth" else kept.best_validation
        if which == "last" or not isfinite(best.loss):
            theta, state = kept.theta, {name: vectors[0] for name, vectors in kept.carried.items()}
        else:
            theta, state = best.theta, best.state
        model.parameters.flat[...] = theta
        return cls(model, held.vocabulary, {} if END in held.vocabulary.symbols else state)

    def passage(
        self,
        count: int,
        *,
        rng: np.random.Generator,
        sampler: Sampler | type[Sampler] | str = "temperature",
        prime: str = "",
        record: bool = False,
    ) -> Passage:
        """Generate symbols, from the hidden state in which training left the model.

        Parameters
        ----------
        count : int
            How many symbols.
        rng : numpy.random.Generator
            Source of the random numbers.
        sampler : Sampler, type of Sampler or str
            How a symbol is drawn; from the softmax as it is if not given.
        prime : str
            What it reads first: see `beginning`.
        record : bool
            Whether to keep the distribution that each symbol was drawn from.

        Returns
        -------
        Passage
            The symbols generated, as token numbers.

        Raises
        ------
        DomainError
            If a symbol of the prime is not in the vocabulary.
        """
        reader = self.model.reader()
        reader.start(self.state or None)
        return write(
            reader,
            sampler,
            prime=self.beginning(prime),
            count=count,
            rng=rng,
            record=record,
            stop=self._stop,
        )

    def sample(
        self,
        count: int,
        *,
        rng: np.random.Generator,
        sampler: Sampler | type[Sampler] | str = "temperature",
        prime: str = "",
    ) -> str:
        """Sample a text, from the hidden state in which training left the model.

        Parameters
        ----------
        count : int
            How many symbols.
        rng : numpy.random.Generator
            Source of the random numbers.
        sampler : Sampler, type of Sampler or str
            How a symbol is drawn; from the softmax as it is if not given.
        prime : str
            What it reads first: see `beginning`.

        Returns
        -------
        str
            The text, without the prime; `passage` has the numbers of its symbols.

        Raises
        ------
        DomainError
            If a symbol of the prime is not in the vocabulary.

        Examples
        --------
        >>> from teachrnn import CharRNN, TrainedModel, Vocabulary
        >>> model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
        >>> untrained = TrainedModel(model, Vocabulary.of("hello"))
        >>> untrained.sample(8, rng=np.random.default_rng(0), prime="he")
        'lheeooll'
        """
        passage = self.passage(count, rng=rng, sampler=sampler, prime=prime)
        return self.vocabulary.decode(passage.tokens)

    def likeliest(self, count: int, *, width: int, prime: str = "") -> Hypothesis:
        """The most likely text that beam search finds, from the same state as `passage`: see `beam`.

        With width 1 it is that of `Greedy`.

        Parameters
        ----------
        count : int
            How many symbols.
        width : int
            How many hypotheses are kept.
        prime : str
            What it reads first: see `beginning`.

        Returns
        -------
        Hypothesis
            The numbers of its symbols, and its log-probability in nats.

        Raises
        ------
        DomainError
            If a symbol of the prime is not in the vocabulary.
        """
        return beam(
            self.model.reader(),
            prime=self.beginning(prime),
            count=count,
            width=width,
            stop=self._stop,
            state=self.state,
        )[0]

    def beginning(self, prime: str = "") -> Array:
        """The token numbers that it reads first: those of the prime, or a start symbol if that is empty.

        The start is the symbol that ends an item, a newline, or the first symbol of the vocabulary:
        the first of them that exists.

        Parameters
        ----------
        prime : str
            What it reads first; may be empty.

        Returns
        -------
        ndarray
            Numbers of symbols, at least one.

        Raises
        ------
        DomainError
            If a symbol of the prime is not in the vocabulary.
        """
        symbols = self.vocabulary.symbols
        start = next((sign for sign in (END, "\n") if sign in symbols), symbols[0])
        return self.vocabulary.encode(prime or start)

    @property
    def _stop(self) -> int | None:
        """The symbol that ends an item, if the model generates items."""
        return int(self.vocabulary.encode(END)[0]) if END in self.vocabulary.symbols else None
