"""Watching a training run, stopping it, and keeping its model."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Self

import numpy as np

from teachrnn.data import Vocabulary
from teachrnn.errors import DomainError, TeachrnnError
from teachrnn.hyper_parameter import check_counts
from teachrnn.runs.interruption import Interruption
from teachrnn.runs.session import Sample
from teachrnn.runs.small_network import SENTENCE, small_network
from teachrnn.runs.trained_model import TrainedModel
from teachrnn.sampling import Temperature, write
from teachrnn.training import Journal, Training, TrainStep
from teachrnn.views.figures.training_progress import training_progress
from teachrnn.views.style.legible import legible
from teachrnn.views.style.number import format_number
from teachrnn.widgets.app import App
from teachrnn.widgets.control import Button

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 3
"""Samples that are shown, the newest first."""


class TrainingMonitor(App):
    """Training monitor: loss, gradient norms and samples while a network learns, and a Stop button.

    `start` trains in a thread of its own. In Jupyter that is the only way in which a button can work:
    while a cell runs, the kernel does not receive messages from the page, and a click would arrive after
    the last update. With `start` the cell ends at once; training continues in the background, checks
    between two updates whether Stop was pressed, and draws every ``refresh`` seconds.

    To do something with every step, iterate: ``for step in monitor`` keeps the cell busy; the
    kernel's own interrupt (the square in the toolbar) ends it, also between two
    updates. However it ends, the model is consistent, and training can be resumed either way.

    Parameters
    ----------
    training : Training
        The run, new or resumed.
    vocabulary : Vocabulary, optional
        What the symbols mean; without it there are no samples.
    updates : int, optional
        Update to stop after; if not given, training runs until Stop is pressed.
    sample_every, sample_length : int
        Updates between two samples, and their length in symbols.
    refresh : float
        Seconds between two pictures, each of which takes about a quarter of one.
    seed : int
        Seed of the samples.

    Attributes
    ----------
    samples : list of Sample
        What the network wrote on the way.
    trouble : TeachrnnError or None
        The error that has ended the training, if any.

    Examples
    --------
    >>> network = small_network(SENTENCE, updates=0)
    >>> training = network.training()
    >>> monitor = TrainingMonitor(training, network.vocabulary, updates=50)
    >>> monitor.start()
    >>> monitor.wait()
    >>> training.iteration, monitor.running
    (50, False)
    >>> monitor.table.caption[:10]
    'Update 50:'
    """

    name = "training-monitor"
    title = "Training monitor"

    def __init__(
        self,
        training: Training,
        vocabulary: Vocabulary | None = None,
        *,
        updates: int | None = None,
        sample_every: int = 1000,
        sample_length: int = 200,
        refresh: float = 2.0,
        seed: int = 0,
    ) -> None:
        check_counts("TrainingMonitor", sample_every=sample_every, sample_length=sample_length)
        self.training, self.vocabulary, self.updates = training, vocabulary, updates
        self.sample_every, self.sample_length = sample_every, sample_length
        self.refresh, self.seed = refresh, seed
        self.samples: list[Sample] = []
        self.journal = Journal()
        self._asked = threading.Event()
        self._thread: threading.Thread | None = None
        self._busy = False
        self.trouble: TeachrnnError | None = None
        self._drawn = 0.0
        controls = {
            "start": Button("Start", "Train, or resume training, in the background.", self.start),
            "stop": Button("Stop", "Stop after this update and keep the model.", self._asked.set),
        }
        super().__init__(controls)

    @classmethod
    def example(cls) -> Self:
        network = small_network(SENTENCE, updates=0)
        monitor = cls(
            network.training(),
            network.vocabulary,
            updates=300,
            sample_every=100,
            sample_length=60,
        )
        for _ in monitor:
            pass
        return monitor

    @property
    def running(self) -> bool:
        """Whether updates are being made."""
        return self._busy

    @property
    def trained(self) -> TrainedModel:
        """The model as it is now, with its vocabulary: to sample from, to explore.

        Raises
        ------
        DomainError
            If the training is running, or there is no vocabulary.
        """
        if self._busy:
            raise DomainError("the model is being trained: call stop() first.")
        if self.vocabulary is None:
            raise DomainError("the monitor has no vocabulary: give it one to get a trained model.")
        state = {name: vectors[0] for name, vectors in self.training.carried.items()}
        return TrainedModel(self.training.model, self.vocabulary, state)

    def start(self) -> None:
        """Train in the background; nothing happens if it is running already."""
        if not self._busy:
            self._begin()
            self._thread = threading.Thread(target=self._run, name=self.title, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop after the current update; on return the model is consistent."""
        self._asked.set()
        self.wait()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until training in the background has stopped, or for so many seconds.

        Parameters
        ----------
        timeout : float, optional
            Seconds after which it returns all the same; for as long as it takes if not given.
        """
        if self._thread is not None:
            self._thread.join(timeout)

    def __iter__(self) -> Iterator[TrainStep]:
        if self._busy:
            raise DomainError("the training is running in the background: call stop() first.")
        self._begin()
        steps = self._steps()
        while True:
            with Interruption() as interruption:
                step = next(steps, None)
            if step is None:
                break
            yield step
            if interruption.asked:
                self._asked.set()
        if self.trouble is not None:
            raise self.trouble

    def draw(self) -> Figure:
        self.controls["start"].disabled = self._busy
        self.controls["stop"].disabled = not self._busy
        return training_progress(self.journal)

    def notes(self) -> str:
        state = "running" if self._busy else "not running"
        samples = "".join(
            f"<p>After update {sample.iteration}, smooth loss "
            f"{'unknown' if sample.smooth_loss is None else format_number(sample.smooth_loss)}</p>"
            f'<pre style="white-space:pre-wrap">{html.escape(legible(sample.text))}</pre>'
            for sample in self.samples[: -SHOWN - 1 : -1]
        )
        trouble = "" if self.trouble is None else f'<p role="alert">{html.escape(str(self.trouble))}</p>'
        return f"{trouble}<p>Training is {state}.</p>" + samples

    def _begin(self) -> None:
        self._asked.clear()
        self._busy, self.trouble = True, None
        self.show()

    def _run(self) -> None:
        for _ in self._steps():
            pass

    def _steps(self) -> Iterator[TrainStep]:
        """The updates until Stop is pressed; the picture and the buttons follow."""
        try:
            while not self._asked.is_set() and (
                self.updates is None or self.training.iteration < self.updates
            ):
                step = next(self.training)
                self.journal.note(step)
                if step.iteration % self.sample_every == 0 and self.vocabulary is not None:
                    self._sample(self.vocabulary, step)
                if perf_counter() > self._drawn + self.refresh:
                    self.show()
                    self._drawn = perf_counter()
                yield step
        except TeachrnnError as error:
            self.trouble = error
        finally:
            self._busy = False
            self.show()

    def _sample(self, vocabulary: Vocabulary, step: TrainStep) -> None:
        """What it writes on from where the text has left it, as the assignment asks."""
        reader = self.training.model.reader()
        reader.start({name: vectors[:1] for name, vectors in self.training.carried.items()})
        passage = write(
            reader,
            Temperature(),
            prime=[self.training.following],
            count=self.sample_length,
            rng=np.random.default_rng([self.seed, step.iteration]),
        )
        text = vocabulary.decode(passage.tokens)
        self.samples.append(Sample(step.iteration, step.smooth_loss, text))
