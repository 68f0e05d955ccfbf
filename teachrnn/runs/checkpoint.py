"""A run as its file holds it: read and checked in full before it is used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from teachrnn.cells import Cell
from teachrnn.data import Vocabulary
from teachrnn.errors import DomainError
from teachrnn.files import Archive, pack, unpack
from teachrnn.models import CharRNN, ModelSettings
from teachrnn.recipes import Recipe
from teachrnn.runs.checkpoint_upgrades import UPGRADES
from teachrnn.runs.source import Source
from teachrnn.training import TrainingState

CHECKPOINT = Archive(
    "checkpoint",
    advice=(
        "What is needed is the checkpoint.npz of a run. Where that is damaged, take it from a backup; "
        "or move it away, and the command that wrote it starts the run again."
    ),
    upgrades=UPGRADES,
)


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Everything that a run needs to resume, except the text, and that its model needs to sample.

    Its fields, and the fields of these, are the schema of the file: see `teachrnn.files.pack`.
    A new field with a default needs no more; one that is renamed, removed or of another type needs a
    step in `checkpoint_upgrades`.

    Attributes
    ----------
    recipe : Recipe
        How the model is made and trained.
    source, fingerprint : str
        Name of the text, and the hash that identifies it: see `Source`.
    seed : int
    Seed of all random numbers.
    vocabulary : Vocabulary
        Its symbols.
    model : ModelSettings
        Settings of the model: see `CharRNN.settings`.
    training : TrainingState
        Everything that changes as training goes on.
    """

    recipe: Recipe
    source: str
    fingerprint: str
    seed: int
    vocabulary: Vocabulary
    model: ModelSettings
    training: TrainingState

    def save(self, path: str | Path) -> Path:
        """Write it atomically.

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
        return CHECKPOINT.save(path, *pack(self))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read it back.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Checkpoint
            What it holds, checked.

        Raises
        ------
        FileFormatError
            If the file is missing, damaged, of another kind or of a newer version; if a part is missing,
            unknown or does not fit; or if its cell is not defined in this session.
        """
        header, arrays = CHECKPOINT.load(path)
        with CHECKPOINT.opening(path):
            held = unpack(cls, header, arrays)
        with CHECKPOINT.looking_up(path):
            Cell.find(held.model["cell"])
        with CHECKPOINT.opening(path):
            if len(held.vocabulary) != held.model["symbols"]:
                raise DomainError("its vocabulary and its model have another number of symbols")
            held.training.check(held.empty_model())
        return held

    def differs_in(self, recipe: Recipe, source: Source, seed: int) -> list[str]:
        """How the run differs from that of a recipe, a text and a seed: empty if it is the same.

        Neither the name nor the path of the text matters: only its symbols do.

        Parameters
        ----------
        recipe : Recipe
            How the other run is made.
        source : Source
            Its text.
        seed : int
            Its seed.

        Returns
        -------
        list of str
            Names of settings, ``text`` and ``seed``.
        """
        held, asked = self.recipe.decides(), recipe.decides()
        other = [name for name in held if held[name] != asked[name]]
        # Another vocabulary turns the same text into other symbols.
        same_reading = not {"vocabulary", "max_symbols", "items"} & set(other)
        if same_reading and not source.is_that_of(self.fingerprint, self.vocabulary):
            other.append("text")
        return other if seed == self.seed else [*other, "seed"]

    def empty_model(self) -> CharRNN:
        """A model with these settings, whose parameters are yet to be loaded.

        Returns
        -------
        CharRNN
            With random parameters.
        """
        return CharRNN(**self.model, rng=np.random.default_rng(0))
