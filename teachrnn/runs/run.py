"""One run: a recipe, a text and a seed, and everything that follows from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from hashlib import sha256
from math import log
from pathlib import Path

from teachrnn.chance import Stream
from teachrnn.copying import CopiedWhole
from teachrnn.data import Vocabulary, split
from teachrnn.errors import DomainError, FileFormatError
from teachrnn.one_thread import OneThread
from teachrnn.recipes import Recipe
from teachrnn.runs.checkpoint import CHECKPOINT, Checkpoint
from teachrnn.runs.source import Source
from teachrnn.runs.trained_model import TrainedModel
from teachrnn.sampling import Sampler, write
from teachrnn.training import FlightRecorder, Training, TrainStep

FAR = 1.5
"""A loss this many times that of guessing is far worse: the first updates may be a little above it."""


class Run(CopiedWhole):
    """A recipe applied to a text with a seed: the same three give the same run, bit for bit.

    Parameters
    ----------
    recipe : Recipe or str
        How the model is made and trained, or the name of it.
    source : Source
        The text.
    seed : int
        Seed of all random numbers. Parameters, order of reading and samples each have their own
        stream, see `teachrnn.chance`, so that drawing a sample does not change the training.
    recorder : FlightRecorder, optional
        Keeps chosen steps.

    Examples
    --------
    >>> from teachrnn import Recipe
    >>> run = Run(Recipe.find("adam").but(hidden=8, updates=300), Source.of("hello world. " * 40))
    >>> losses = [step.nats_per_symbol for step in run.steps()]
    >>> len(losses), losses[-1] < losses[0]
    (300, True)
    """

    def __init__(
        self,
        recipe: Recipe | str,
        source: Source,
        *,
        seed: int = 0,
        recorder: FlightRecorder | None = None,
    ) -> None:
        recipe = Recipe.find(recipe)
        self.recipe, self.source, self.seed = recipe, source, seed
        self.vocabulary: Vocabulary = source.vocabulary
        tokens, held_out = source.tokens, None
        if recipe.validation:
            tokens, held_out = split(source.tokens, validation=recipe.validation, end=source.end)
        self.tokens, self.held_out = tokens, held_out
        whole, most = len(source.tokens), len(tokens)
        if most <= recipe.length < whole and source.end is None:
            raise DomainError(
                f"a sequence of {recipe.length} symbols and the one after it need a text of at least "
                f"{recipe.length + 1}: this one has {whole}, of which {whole - most} are held out for "
                "validation. Hold nothing out (--validation 0), or choose another sequence length "
                "(--length)."
            )
        self.training: Training = recipe.training(
            tokens,
            symbols=len(source.vocabulary),
            validation=held_out,
            end=source.end,
            seed=seed,
            recorder=recorder,
        )

    @cached_property
    def identity(self) -> str:
        """SHA-256 of all that determines its numbers, except how far it goes: its identity."""
        decides = [
            self.recipe.departures(),
            self.seed,
            self.source.fingerprint(),
            self.vocabulary.to_dict(),
        ]
        return sha256(json.dumps(decides, sort_keys=True).encode("utf-8")).hexdigest()

    def steps(self) -> Iterator[TrainStep]:
        """The remaining updates of the recipe, each of them on one thread (`OneThread`).

        Between two updates the setting is restored, so the iteration can be abandoned at any time.

        Yields
        ------
        TrainStep
            The record of an update.
        """
        while self.training.iteration < self.recipe.updates:
            with OneThread():
                step = next(self.training)
            yield step

    def trouble(self) -> str | None:
        """What is wrong where the network does far worse than guessing; None where it does not.

        A learning rate that is far too large need not make training diverge: where gradients are
        clipped, the loss can stay high and finite forever. Guessing among K symbols costs log K nats
        each, and so does an untrained network; what counts is the smooth loss, and the validation
        loss as well where it was measured.

        Returns
        -------
        str or None
            What is wrong and what to do, in words.
        """
        training, guess = self.training, log(len(self.vocabulary))
        each = training.smooth_loss / self.recipe.length  # or more, where items are shorter
        measured = [loss for _, loss in training.curve.validation[-1:]]
        if min([each, *measured]) <= FAR * guess:
            return None
        return (
            f"The network does far worse than guessing: its smooth loss is {each:.4g} nats per symbol, "
            f"and guessing costs log K = {guess:.3f}. It has not learnt. Lower the learning rate (eta "
            f"is {training.eta:g}), or clip gradients harder, in another folder (--out)."
        )

    def sample(self, count: int = 200, *, sampler: Sampler | type[Sampler] | str = "temperature") -> str:
        """What the network generates now, from the hidden state in which the text has left it.

        It reads the symbol that comes next in the text and continues by itself, as the assignment
        asks. The random numbers depend on the seed and the update only.

        Parameters
        ----------
        count : int
            How many symbols.
        sampler : Sampler or type of Sampler or str
            How a symbol is drawn; from the softmax as it is if not given.

        Returns
        -------
        str
            The text.
        """
        reader = self.training.model.reader()
        state = {name: vectors[:1] for name, vectors in self.training.carried.items()}
        with OneThread():
            reader.start(state or None)
            passage = write(
                reader,
                sampler,
                prime=[self.training.following],
                count=count,
                rng=Stream.SAMPLES.of(self.seed, self.training.iteration),
            )
        return self.vocabulary.decode(passage.tokens)

    def trained(self) -> TrainedModel:
        """The model as it is now, with its vocabulary.

        Returns
        -------
        TrainedModel
            It shares the arrays of the run: further updates change it.
        """
        carried = {} if self.source.end is not None else self.training.carried
        state = {name: vectors[0] for name, vectors in carried.items()}
        return TrainedModel(self.training.model, self.vocabulary, state)

    # Saving ------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> Path:
        """Write a checkpoint: everything that the run needs to resume, except the text.

        Parameters
        ----------
        path : str or Path
            Where to.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        FileFormatError
            If the place cannot be written to.
        """
        kept = Checkpoint(
            recipe=self.recipe,
            seed=self.seed,
            source=self.source.name,
            fingerprint=self.source.fingerprint(),
            vocabulary=self.vocabulary,
            model=self.training.model.settings(),
            training=self.training.state(),
        )
        return kept.save(path)

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        source: Source | None = None,
        updates: int | None = None,
        recorder: FlightRecorder | None = None,
    ) -> Run:
        """Resume a run: every number that follows is what it would have been without the interruption.

        Parameters
        ----------
        path : str or Path
            A checkpoint.
        source : Source, optional
            The text, if it can no longer be found under its name.
        updates : int, optional
            How many updates the run is to have, where that is to be changed.
        recorder : FlightRecorder, optional
            Keeps chosen steps from here on.

        Returns
        -------
        Run
            The run, as far as it had come.

        Raises
        ------
        FileFormatError
            If the file is missing, damaged, of another kind or of a newer version; or if the text
            is not the one that the run was begun with.
        """
        held = Checkpoint.load(path)
        source = Source.load(held.source, held.recipe) if source is None else source
        if not source.is_that_of(held.fingerprint, held.vocabulary):
            raise FileFormatError(
                f"the text {source.name!r} is not the one that the run in {path} was started with: it "
                "has changed. Give the old text, or start a new run."
            )
        return cls.of(held, source, where=path, updates=updates, recorder=recorder)

    @classmethod
    def of(
        cls,
        held: Checkpoint,
        source: Source,
        *,
        where: str | Path,
        updates: int | None = None,
        recorder: FlightRecorder | None = None,
    ) -> Run:
        """Resume a run whose checkpoint and text have been read already: see `load`.

        Parameters
        ----------
        held : Checkpoint
            The checkpoint.
        source : Source
            Its text.
        where : str or Path
            The path of the checkpoint, for messages.
        updates : int, optional
            How many updates the run is to have, where that is to be changed.
        recorder : FlightRecorder, optional
            Keeps chosen steps from here on.

        Returns
        -------
        Run
            The run, as far as it had come.
        """
        recipe = held.recipe if updates is None else held.recipe.but(updates=updates)
        with CHECKPOINT.looking_up(where):
            run = cls(recipe, source, seed=held.seed, recorder=recorder)
        with CHECKPOINT.opening(where):
            run.training.restore(held.training)
        return run
