"""A run as its file holds it: read, and nothing missing, before anything is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from teachrnn.archive import DAMAGE, read_archive, write_archive
from teachrnn.array import Array
from teachrnn.data import Vocabulary
from teachrnn.errors import FileFormatError, NameLookupError, TeachrnnError
from teachrnn.models import CharRNN
from teachrnn.recipes import Recipe
from teachrnn.runs.source import Source
from teachrnn.training.kept_arrays import check_arrays

KIND, VERSION = "checkpoint", 1

ADVICE = (
    "What is needed is the checkpoint.npz of a run. Where that is damaged, take it from a backup; or "
    "move it away, and the command that made it begins the run anew."
)


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """All that a run needs to go on, but for the text, and all that its model needs to write.

    Attributes
    ----------
    recipe : Recipe
        How the model is made and trained.
    seed : int
        Where all chance comes from.
    source, fingerprint : str
        Name of the text, and what tells it from others: see `Source`.
    vocabulary : Vocabulary
        Its symbols.
    model : dict
        Settings of the model: see `CharRNN.settings`.
    training : dict
        Everything that changes as training goes on, but for arrays: see `Training.state`.
    arrays : dict
        The arrays, by name.
    """

    recipe: Recipe
    seed: int
    source: str
    fingerprint: str
    vocabulary: Vocabulary
    model: dict[str, Any]
    training: dict[str, Any]
    arrays: dict[str, Array]

    def save(self, path: str | Path) -> Path:
        """Write it in one go.

        Raises
        ------
        FileFormatError
            If the place cannot be written to.
        """
        header = {
            "recipe": self.recipe.settings(),
            "source": self.source,
            "fingerprint": self.fingerprint,
            "seed": self.seed,
            "vocabulary": self.vocabulary.to_dict(),
            "model": self.model,
            "training": self.training,
        }
        return write_archive(path, header, self.arrays, kind=KIND, version=VERSION)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read it back.

        Raises
        ------
        FileFormatError
            If the file is missing, damaged, of another kind or of a newer version; if a part is missing,
            too many or does not fit; or if its cell is not defined in this session.
        """
        header, arrays = read_archive(path, kind=KIND, version=VERSION, advice=ADVICE)
        try:
            held = cls._of(header, arrays)
            check_arrays(arrays, held.empty_model(), path=held.training["path"])
        except NameLookupError as error:
            raise FileFormatError(
                f"{path} holds what is not defined here: {error} Import its module first."
            ) from error
        except (TeachrnnError, *DAMAGE) as error:
            raise damaged(path, error) from error
        return held

    @classmethod
    def _of(cls, header: Mapping[str, Any], arrays: dict[str, Array]) -> Self:
        held = cls(
            recipe=Recipe.from_settings(header["recipe"]),
            seed=_checked(header["seed"], int),
            source=_checked(header["source"], str),
            fingerprint=_checked(header["fingerprint"], str),
            vocabulary=Vocabulary.from_dict(header["vocabulary"]),
            model=_checked(header["model"], dict),
            training=_checked(header["training"], dict),
            arrays=arrays,
        )
        if len(held.vocabulary) != held.model["symbols"]:
            raise ValueError("its vocabulary and its model have another number of symbols")
        return held

    def differs_in(self, recipe: Recipe, source: Source, seed: int) -> list[str]:
        """In what the run differs from that of a recipe, a text and a seed: nothing where it is that.

        What a text is called does not matter, nor where it lies: its symbols do.
        """
        ours, theirs = self.recipe.decides(), recipe.decides()
        other = [name for name in ours if ours[name] != theirs[name]]
        # Another vocabulary makes other symbols of the same text.
        same_reading = not {"vocabulary", "max_symbols", "items"} & set(other)
        if same_reading and not source.is_that_of(self.fingerprint, self.vocabulary):
            other.append("text")
        return other if seed == self.seed else [*other, "seed"]

    def empty_model(self) -> CharRNN:
        """A model of these settings, to be given the numbers of one that was kept."""
        return CharRNN(**self.model, rng=np.random.default_rng(0))


def damaged(path: str | Path, reason: Exception) -> FileFormatError:
    """The error for a file that is whole, but holds what makes no sense."""
    return FileFormatError(f"{path} is damaged, or is not a {KIND} of teachrnn ({reason}). {ADVICE}")


def _checked(part: Any, kind: type) -> Any:
    if not isinstance(part, kind):
        raise TypeError(f"{part!r:.60} is not {kind.__name__}")
    return part
