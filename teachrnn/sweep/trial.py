"""One trial of a search: a pure function of what is tried, the text and the seed."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isfinite, log
from time import perf_counter
from typing import Any, Literal, Self

from teachrnn.errors import FileFormatError, TeachrnnError
from teachrnn.one_thread import OneThread
from teachrnn.recipes import Recipe
from teachrnn.runs import Run, Source
from teachrnn.sweep.space import Point


@dataclass(frozen=True)
class Trial:
    """What to try: small, because it is sent to another process, with the name of the text only.

    Attributes
    ----------
    stage, number : int
        Which trial of which stage, both from 1.
    values : dict
        The hyper-parameters that were drawn.
    recipe : dict
        All settings of the recipe, with those values.
    source : str
        Name of a corpus, or path of a file.
    fingerprint : str
        SHA-256 of the text: a worker that has another text under this name reports it.
    seed : int
    Seed of all random numbers.
    """

    stage: int
    number: int
    values: Point
    recipe: dict[str, Any]
    source: str
    fingerprint: str
    seed: int

    @property
    def key(self) -> tuple[int, int]:
        """What identifies it within a sweep."""
        return (self.stage, self.number)

    def failed(self, error: str) -> TrialResult:
        """The result if its worker died.

        Parameters
        ----------
        error : str
            How that happened.

        Returns
        -------
        TrialResult
            A result without a loss.
        """
        return TrialResult.failed(self, error)


@dataclass(frozen=True)
class TrialResult:
    """The result of a trial.

    Attributes
    ----------
    stage, number, values
        Those of the trial.
    loss : float
        Lowest validation loss, in nats per symbol; infinite where the trial failed.
    best_update : int
        The update after which it was that low.
    updates : int
        How many updates were made.
    seconds : float
        How long it took.
    worker : str
        Where it ran: name of the machine, and number of the process.
    error : str
        Why it failed; "" if it did not.
    """

    stage: int
    number: int
    values: Point
    loss: float = inf
    best_update: int = 0
    updates: int = 0
    seconds: float = 0.0
    worker: str = ""
    error: str = ""

    @classmethod
    def failed(cls, trial: Trial, error: str, **more: Any) -> Self:
        """A trial that has no loss, with the reason.

        Parameters
        ----------
        trial : Trial
            The trial.
        error : str
            What went wrong, in words.
        **more
            Other fields of the result, such as ``seconds``.

        Returns
        -------
        TrialResult
            A result whose loss is infinite.
        """
        return cls(trial.stage, trial.number, trial.values, error=" ".join(error.split()), **more)

    @property
    def key(self) -> tuple[int, int]:
        """That of the trial."""
        return (self.stage, self.number)

    @property
    def bits(self) -> float:
        """The loss in bits per symbol."""
        return self.loss / log(2)


def train(trial: Trial) -> TrialResult:
    """Train with the hyper-parameters of a trial, and judge by the best validation loss.

    It is measured as often as the recipe says, and at the end. Any error is a result too, so that one
    trial does not end a sweep that runs overnight. The numbers depend on the trial only, so a
    trial that is repeated elsewhere gives the same loss (up to rounding, if the processor or the
    BLAS differs).

    Parameters
    ----------
    trial : Trial
        What to train.

    Returns
    -------
    TrialResult
        The loss, or what went wrong.

    Examples
    --------
    >>> from teachrnn import Recipe, Source
    >>> recipe = Recipe.find("adam").but(hidden=4, length=5, updates=20)
    >>> print(train(Trial(1, 1, {}, recipe.settings(), "no such text", "", seed=0)).error[:32])
    there is no file 'no such text',
    """
    began = perf_counter()
    run, loss, best_update, error = None, inf, 0, ""
    try:
        recipe = Recipe(**trial.recipe)
        source, fingerprint = _read(trial.source, recipe.vocabulary, recipe.max_symbols, recipe.items)
        if fingerprint != trial.fingerprint:
            raise FileFormatError(
                f"{trial.source!r} is another text on this machine than where the sweep was started."
            )
        run = Run(recipe, source, seed=trial.seed)
        loss, best_update = _best_validation(run)
        if not isfinite(loss):
            error = "the validation loss was never finite"
    except TeachrnnError as reason:  # diverged, most often
        error = str(reason)
    except Exception as bug:  # the other trials continue
        error = f"{type(bug).__name__}: {bug}"
    return TrialResult(
        trial.stage,
        trial.number,
        trial.values,
        loss=loss,
        best_update=best_update,
        updates=0 if run is None else run.training.iteration,
        seconds=round(perf_counter() - began, 3),
        worker=f"{platform.node()}:{os.getpid()}",
        error=" ".join(error.split()),
    )


def _best_validation(run: Run) -> tuple[float, int]:
    for _ in run.steps():
        pass
    training = run.training
    if training.iteration % training.validate_every:
        with OneThread():
            training.validate()
    return training.best_validation.loss, training.best_validation.iteration


@lru_cache(maxsize=1)
def _read(
    name: str, vocabulary: Literal["characters", "words"], max_symbols: int | None, items: bool
) -> tuple[Source, str]:
    """The text and its fingerprint: read once by each process, not once for each trial."""
    how = Recipe(
        name="", title="", source="", vocabulary=vocabulary, max_symbols=max_symbols, items=items
    )
    source = Source.load(name, how)
    return source, source.fingerprint()
