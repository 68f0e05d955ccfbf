"""A run as its file holds it: read, and nothing missing, before anything is done with it."""

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
        "or move it away, and the command that made it begins the run anew."
    ),
    upgrades=UPGRADES,
)


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """All that a run needs to go on, but for the text, and all that its model needs to write.

    Its fields, and the fields of these, are the schema of the file: see `teachrnn.files.pack`.
    A new field with a default needs no more; one that is renamed, removed or of another type needs a
    step in `checkpoint_upgrades`.

    Attributes
    ----------
    recipe : Recipe
        How the model is made and trained.
    source, fingerprint : str
        Name of the text, and what tells it from others: see `Source`.
    seed : int
        Where all chance comes from.
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
        """Write it in one go.

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
            too many or does not fit; or if its cell is not defined in this session.
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
        """In what the run differs from that of a recipe, a text and a seed: nothing where it is that.

        What a text is called does not matter, nor where it lies: its symbols do.

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
        # Another vocabulary makes other symbols of the same text.
        same_reading = not {"vocabulary", "max_symbols", "items"} & set(other)
        if same_reading and not source.is_that_of(self.fingerprint, self.vocabulary):
            other.append("text")
        return other if seed == self.seed else [*other, "seed"]

    def empty_model(self) -> CharRNN:
        """A model of these settings, to be given the numbers of one that was kept.

        Returns
        -------
        CharRNN
            With random parameters.
        """
        return CharRNN(**self.model, rng=np.random.default_rng(0))
