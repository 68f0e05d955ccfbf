"""Training runs with mistakes beside the right one, over several seeds: cached, and resumed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from math import log
from pathlib import Path

from teachrnn.errors import DivergedError, DomainError
from teachrnn.files import load_json, make_folder, pack, save_json
from teachrnn.hyper_parameter import check_counts
from teachrnn.laboratory.find_mistake import find_mistake
from teachrnn.laboratory.learning_curve import RIGHT, LearningCurve
from teachrnn.laboratory.planted_mistake import PlantedMistake
from teachrnn.optimizers import Optimizer
from teachrnn.recipes import Recipe
from teachrnn.runs import Run, Sample, Session, Source
from teachrnn.runs.checkpoint import Checkpoint
from teachrnn.runs.session import CHECKPOINT

CURVE = "curve.json"
PASSAGE, SAMPLES = 240, 3
"""Symbols that a network writes, and how often it does so."""


class MistakenRuns:
    """A recipe trained rightly and with mistakes, on the same text, from the same seeds.

    Two runs of a seed begin with the same numbers and read the same sequences: they differ in the
    mistake alone. Each has a folder of its own, whose name has the mistake, the seed and a digest of all
    that determines its numbers. A run that is finished is read from there, one that was stopped is
    resumed, and more updates continue where it ended.

    Parameters
    ----------
    recipe : Recipe or str
        How they are trained, and for how many updates.
    source : Source
        The text.
    mistakes : sequence of PlantedMistake or str
        The mistakes, each in runs of its own.
    seeds, first_seed : int
        How many runs of each, and the seed of the first; the others follow it.
    folder : str or Path
        Where they are kept.

    Raises
    ------
    DomainError
        If the network has several layers, or the text is items, whose losses have no common unit.

    Examples
    --------
    >>> import tempfile
    >>> recipe = Recipe.find("adagrad").but(hidden=6, length=8, updates=30)
    >>> text = Source.of("hello world. " * 40)
    >>> runs = MistakenRuns(recipe, text, ["no carry"], seeds=2, folder=tempfile.mkdtemp())
    >>> for curve in runs.finish():
    ...     print(curve.mistake, curve.seed, curve.updates)
    right 0 30
    right 1 30
    no carry 0 30
    no carry 1 30
    """

    def __init__(
        self,
        recipe: Recipe | str,
        source: Source,
        mistakes: Sequence[PlantedMistake | str],
        *,
        seeds: int = 3,
        first_seed: int = 0,
        folder: str | Path,
    ) -> None:
        check_counts("MistakenRuns", seeds=seeds)
        self.recipe, self.source, self.folder = Recipe.find(recipe), source, Path(folder)
        if self.recipe.layers > 1:
            raise DomainError(
                f"the recipe has {self.recipe.layers} layers: mistakes are known for networks of one."
            )
        if self.recipe.items:
            raise DomainError("the laboratory reads a text from end to end, not one of separate items.")
        optimizer = Optimizer.make(self.recipe.optimizer)
        found = [find_mistake(which, self.recipe.cell, optimizer=optimizer) for which in mistakes]
        self.mistakes = list({planted.name: planted for planted in found}.values())
        self.seeds = range(first_seed, first_seed + seeds)
        self._identities: dict[int, str] = {}
        make_folder(self.folder)

    @property
    def guessing(self) -> float:
        """The loss of guessing, ln K, in nats per character."""
        return log(len(self.source.vocabulary))

    @property
    def planned(self) -> list[tuple[PlantedMistake | None, int]]:
        """Every run: its mistake, None for the right one, and its seed."""
        return [(planted, seed) for planted in (None, *self.mistakes) for seed in self.seeds]

    def curve(self, planted: PlantedMistake | None, seed: int) -> LearningCurve | None:
        """A run that is finished; None if it is not.

        Parameters
        ----------
        planted : PlantedMistake or None
            Its mistake.
        seed : int
            Its seed.

        Returns
        -------
        LearningCurve or None
            Its losses up to the updates of the recipe.

        Raises
        ------
        FileFormatError
            If its file is damaged.
        """
        path = self._folder(planted, seed) / CURVE
        if not path.exists():
            return None
        held = load_json(LearningCurve, path, advice="delete it to train again.")
        most = self.recipe.updates
        if held.updates < most and not held.diverged:
            return None
        return replace(
            held,
            updates=min(held.updates, most),
            smooth=[point for point in held.smooth if point[0] <= most],
            validation=[point for point in held.validation if point[0] <= most],
            samples=[sample for sample in held.samples if sample.iteration <= most],
        )

    @property
    def curves(self) -> list[LearningCurve]:
        """The runs that are finished, in the order of `planned`."""
        found = (self.curve(planted, seed) for planted, seed in self.planned)
        return [curve for curve in found if curve is not None]

    def session(self, planted: PlantedMistake | None, seed: int) -> Session:
        """A run, new or resumed, whose steps are still to be made.

        Parameters
        ----------
        planted : PlantedMistake or None
            Its mistake.
        seed : int
            Its seed.

        Returns
        -------
        Session
            Its `Session.steps` train; `keep` makes the curve of what it has done.

        Raises
        ------
        FileFormatError, FolderInUseError
            If the folder cannot be used.
        """
        folder = self._folder(planted, seed)
        checkpoint = folder / CHECKPOINT
        if checkpoint.exists():
            held = Checkpoint.load(checkpoint)
            run = Run.of(held, self.source, where=checkpoint, updates=self.recipe.updates)
        else:
            run = Run(self.recipe, self.source, seed=seed)
        if planted is not None:
            planted.plant(run.training)
        return Session(
            run,
            folder,
            sample_every=max(1, self.recipe.updates // SAMPLES),
            sample_length=PASSAGE,
            save_every=max(1000, self.recipe.updates // 10),
        )

    def keep(
        self, planted: PlantedMistake | None, session: Session, diverged: str = ""
    ) -> LearningCurve:
        """Write the curve of a run into its folder.

        Parameters
        ----------
        planted : PlantedMistake or None
            Its mistake.
        session : Session
            The run, with all of its updates made, or none to come.
        diverged : str
            Why it has ended early.

        Returns
        -------
        LearningCurve
            What was written.
        """
        training, each = session.run.training, self.recipe.length
        smooth = [(n, loss / each) for n, loss in training.curve.smooth]
        if training.iteration and (not smooth or smooth[-1][0] < training.iteration):
            smooth.append((training.iteration, training.smooth_loss / each))
        validation = list(training.curve.validation)
        measured = bool(validation) and validation[-1][0] == training.iteration
        if not diverged and not measured and (loss := training.validate()) is not None:
            validation.append((training.iteration, loss))
        samples = list(session.samples)
        if not diverged and (not samples or samples[-1].iteration < training.iteration):
            last = session.run.sample(PASSAGE)
            samples.append(Sample(training.iteration, training.smooth_loss, last))
        found = LearningCurve(
            RIGHT if planted is None else planted.name,
            session.run.seed,
            training.iteration,
            smooth,
            validation,
            samples,
            diverged,
        )
        save_json(session.folder / CURVE, pack(found)[0])
        return found

    def finish(self) -> Iterator[LearningCurve]:
        """Make the runs that are missing, one after the other.

        Yields
        ------
        LearningCurve
            Each run in the order of `planned`, as soon as it is done.

        Raises
        ------
        FileFormatError, FolderInUseError
            If a folder cannot be used.
        """
        for planted, seed in self.planned:
            curve = self.curve(planted, seed)
            if curve is None:
                session, diverged = self.session(planted, seed), ""
                try:
                    for _ in session.steps():
                        pass
                except DivergedError as error:
                    diverged = str(error)
                if session.stopped:
                    return
                curve = self.keep(planted, session, diverged)
            yield curve

    def _folder(self, planted: PlantedMistake | None, seed: int) -> Path:
        """Where a run is kept: everything that determines its numbers is in the name."""
        name = RIGHT if planted is None else planted.name
        digest = sha256(f"{self._identity(seed)} {name}".encode()).hexdigest()[:12]
        words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
        return self.folder / f"{words}-{seed}-{digest}"

    def _identity(self, seed: int) -> str:
        if seed not in self._identities:
            self._identities[seed] = Run(self.recipe, self.source, seed=seed).identity
        return self._identities[seed]
