"""A run in a folder, with samples and checkpoints; it can be stopped and resumed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from teachrnn.copying import NotPickled
from teachrnn.data import Corpus
from teachrnn.errors import DivergedError, FileFormatError, FolderInUseError
from teachrnn.files import load_json, make_folder, pack, save_json
from teachrnn.hyper_parameter import check_counts
from teachrnn.recipes import Recipe
from teachrnn.runs.checkpoint import Checkpoint
from teachrnn.runs.claim import Claim
from teachrnn.runs.interruption import Interruption
from teachrnn.runs.kept_step import KeptStep
from teachrnn.runs.run import Run
from teachrnn.runs.source import Source
from teachrnn.training import FlightRecorder, Journal, TrainStep

CHECKPOINT, SAMPLES, JOURNAL = "checkpoint.npz", "samples.json", "journal.json"
FLIGHT = "flight"


@dataclass(frozen=True)
class Sample:
    """A sample that the network generated during training.

    Attributes
    ----------
    iteration : int
        After how many updates.
    smooth_loss : float or None
        The smooth loss then, in nats per sequence; None before the first update.
    text : str
        The text of the sample.
    """

    iteration: int
    smooth_loss: float | None
    text: str


class Session(NotPickled):
    """Makes the updates of a run, and keeps the results in a folder.

    The folder holds ``checkpoint.npz``, written every so often, at the end and when stopped, and
    with it ``samples.json`` and ``journal.json``; steps that the flight recorder kept are in
    ``flight/``, to be opened with ``teachrnn step --trace``. `Session.open` resumes from the
    checkpoint of a folder that has one.

    While steps are made, and inside ``with session:``, no other process can write to the folder.

    Parameters
    ----------
    run : Run
        The run, new or resumed.
    folder : str or Path
        The folder; it is created if necessary.
    sample_every, sample_length : int
        Updates between two samples, and their length in symbols.
    save_every : int
        Updates between two checkpoints.

    Attributes
    ----------
    samples : list of Sample
        The samples so far: before the first update, and after every ``sample_every``.
    journal : Journal
        Time, losses and gradient norms of its updates.
    stopped : bool
        Whether Ctrl-C, or another signal to end, has stopped it early.
    set_aside : Path or None
        Where steps that another run had kept in the folder were moved.
    """

    instead_of_pickle = (
        "only one may write to its folder, so it cannot be copied. Copy `session.run`, and give the "
        "copy a session in another folder."
    )

    def __init__(
        self,
        run: Run,
        folder: str | Path,
        *,
        sample_every: int = 10_000,
        sample_length: int = 200,
        save_every: int = 5_000,
    ) -> None:
        self._set_up(run, folder, sample_every, sample_length, save_every)
        self._seen = _stamp(self.checkpoint)
        if self._seen is not None:
            held = Checkpoint.load(self.checkpoint)
            _refuse_another(held, self.folder, run.recipe, run.source, run.seed)
            done = held.training.iteration
            if done > run.training.iteration:
                raise FileFormatError(
                    f"the folder {folder} holds this run after update {done}: resume it with "
                    "Session.open, or choose another folder."
                )

    def _set_up(
        self, run: Run, folder: str | Path, sample_every: int, sample_length: int, save_every: int
    ) -> None:
        check_counts(
            "Session", sample_every=sample_every, sample_length=sample_length, save_every=save_every
        )
        self.run, self.folder = run, Path(folder)
        self.sample_every, self.sample_length, self.save_every = sample_every, sample_length, save_every
        self.stopped = False
        self.set_aside: Path | None = None
        self.samples: list[Sample] = []
        make_folder(self.folder)
        self._claim = Claim(self.folder)
        self.journal = Journal.load(self.folder / JOURNAL, iteration=run.training.iteration)
        if run.training.iteration:
            self.samples = [s for s in self._read_samples() if s.iteration <= run.training.iteration]

    @classmethod
    def open(
        cls,
        folder: str | Path,
        recipe: Recipe | str,
        source: str | type[Corpus],
        *,
        seed: int = 0,
        recorder: FlightRecorder | None = None,
        sample_every: int = 10_000,
        sample_length: int = 200,
        save_every: int = 5_000,
    ) -> Session:
        """Begin a run in a folder, or resume the one that it holds.

        Parameters
        ----------
        folder : str or Path
            The folder; it is created if necessary.
        recipe : Recipe or str
            How the model is made and trained, or the name of a recipe.
        source : str or type of Corpus
            The name of a corpus, or the path of a file.
        seed : int
            Where all chance comes from.
        recorder : FlightRecorder, optional
            Keeps chosen steps.
        sample_every : int
            Updates from one sample to the next.
        sample_length : int
            Symbols of a sample.
        save_every : int
            Updates from one checkpoint to the next.

        Returns
        -------
        Session
            The session, before its next update.

        Raises
        ------
        FileFormatError
            If the folder holds a run of another recipe, text or seed.
        """
        recipe = Recipe.find(recipe)
        checkpoint, text = Path(folder) / CHECKPOINT, Source.load(source, recipe)
        seen = _stamp(checkpoint)
        if seen is None:
            run = Run(recipe, text, seed=seed, recorder=recorder)
        else:
            held = Checkpoint.load(checkpoint)
            _refuse_another(held, folder, recipe, text, seed)
            run = Run.of(held, text, where=checkpoint, updates=recipe.updates, recorder=recorder)
        # Not read again: if another process has resumed the run, the first step says so.
        session = cls.__new__(cls)
        session._set_up(run, folder, sample_every, sample_length, save_every)
        session._seen = seen
        return session

    def __enter__(self) -> Self:
        begins = not self._claim.held
        self._claim.__enter__()
        if begins:
            try:
                self._refuse_to_overwrite()
            except BaseException:
                self._claim.__exit__(None, None, None)
                raise
            for unfinished in self.folder.glob(".*.part"):  # left by a run that was killed as it wrote
                unfinished.unlink(missing_ok=True)
            self._set_aside_steps_of_another_run()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._claim.__exit__(kind, error, trace)

    @property
    def checkpoint(self) -> Path:
        """Where the run is kept."""
        return self.folder / CHECKPOINT

    def steps(self) -> Iterator[TrainStep]:
        """The remaining updates, until Ctrl-C, SIGTERM or the end of the loop.

        A signal that arrives during an update waits for its end; then the run is saved, and the
        loop is over. Between two updates signals are handled as usual: Ctrl-C is raised in the
        code of the loop, unless that is inside an `Interruption` of its own. The run is also saved
        when the loop is left by such an error or by ``break``.

        Whatever ends it, the last checkpoint stays valid: it is written completely or not at all, and
        only between two updates. No other process can resume the run meanwhile.

        Yields
        ------
        TrainStep
            The record of an update.

        Raises
        ------
        FolderInUseError
            If another process is writing to the folder, or has continued the run since it was opened.
        DivergedError
            If the loss or the gradient is no longer finite.
        """
        with self:
            self.stopped = False
            try:
                if not self.samples:
                    with Interruption():
                        self._sample(None)
                for step, interruption in self._watched_steps():
                    yield step
                    if interruption.asked:
                        self.stopped = True
                        with Interruption():
                            self.save()
                        return
            except GeneratorExit:
                if not sys.is_finalizing():  # at the very end of the process nothing can be written
                    self.save()
                raise

    def save(self) -> None:
        """Write the checkpoint, and the steps that the flight recorder holds.

        Raises
        ------
        FolderInUseError
            As `steps`.
        FileFormatError
            If the place cannot be written to.
        """
        with self:
            self._save_flight()
            if np.isfinite(self.run.training.model.parameters.flat).all():
                self._refuse_to_overwrite()
                self.run.save(self.checkpoint)
                self.journal.save(self.folder / JOURNAL)
                self._seen = _stamp(self.checkpoint)
            # otherwise the last one is better, and the next step says so

    def _refuse_to_overwrite(self) -> None:
        """The claim keeps other processes out; without locks, they are noticed by what they write."""
        found = _stamp(self.checkpoint)
        if found is not None and found != self._seen:
            raise FolderInUseError(
                f"another process has continued the run in {self.folder} since it was opened here. "
                "Nothing was overwritten: open it again to resume from there, or choose another "
                "folder."
            )

    def _watched_steps(self) -> Iterator[tuple[TrainStep, Interruption]]:
        """The updates, each with what is due after it, and whether it is the last.

        Where training diverges, what the flight recorder kept is saved first.
        """
        updates = self.run.steps()
        while True:
            with Interruption() as interruption:
                try:
                    step = next(updates, None)
                except DivergedError as error:
                    raise DivergedError(" ".join([str(error), *self._remains()])) from None
                if step is None:
                    return
                self.journal.note(step)
                n = step.iteration
                if n % self.sample_every == 0:
                    self._sample(step.smooth_loss)
                if n % self.save_every == 0 or n == self.run.recipe.updates:
                    self.save()
            yield step, interruption

    def _remains(self) -> Iterator[str]:
        """What remains after training has diverged, and how to start again."""
        kept = self._save_flight()
        if kept is not None:
            yield f"Look at the step: teachrnn step --trace {kept}."
        if self.checkpoint.exists():
            yield f"The last good checkpoint is {self.checkpoint}."
            yield "A run with other settings needs another folder (--out)."

    def _save_flight(self) -> Path | None:
        """Write the steps that the recorder holds; return the path of the last one."""
        recorder, path = self.run.training.recorder, None
        if recorder is not None and recorder.kept:
            flight = self.folder / FLIGHT
            flight.mkdir(exist_ok=True)
            for kept in recorder.kept:
                path = flight / f"step-{kept.iteration:07d}.npz"
                if not path.exists():
                    KeptStep.save(self.run, kept, path)
        return path

    def _set_aside_steps_of_another_run(self) -> None:
        """Move steps of an earlier run aside: one that has left no checkpoint may have left steps.

        Looking at one of them is enough, because all steps in the folder come from one run.
        """
        flight = self.folder / FLIGHT
        one = next(flight.glob("*.npz"), None)
        if one is None or self._is_ours(one):
            return
        names = (self.folder / f"{FLIGHT}-{n}" for n in count(1))
        self.set_aside = next(path for path in names if not path.exists())
        flight.rename(self.set_aside)

    def _is_ours(self, path: Path) -> bool:
        try:
            _, kept = KeptStep.load(path)
        except FileFormatError:
            return False
        return kept is not None and kept.run == self.run.identity

    def _sample(self, smooth_loss: float | None) -> None:
        text = self.run.sample(self.sample_length)
        self.samples.append(Sample(self.run.training.iteration, smooth_loss, text))
        save_json(self.folder / SAMPLES, [pack(sample)[0] for sample in self.samples])

    def _read_samples(self) -> list[Sample]:
        path = self.folder / SAMPLES
        if not path.exists():
            return []
        return load_json(list[Sample], path, advice="delete it to continue without the old samples.")


def _refuse_another(
    held: Checkpoint, folder: str | Path, recipe: Recipe, source: Source, seed: int
) -> None:
    other = held.differs_in(recipe, source, seed)
    if other:
        raise FileFormatError(
            f"the folder {folder} holds another run: it differs in {', '.join(other)}. Choose another "
            "folder (--out), or resume that run with its own settings."
        )


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What distinguishes a file from one that replaces it; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
