"""A sweep: trials in stages, from coarse to fine, each kept as soon as it is done."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from math import ceil, isfinite
from pathlib import Path
from typing import Any

import numpy as np

from teachrnn.data import CORPORA, is_plain_file
from teachrnn.errors import DomainError, FileFormatError
from teachrnn.files import load_json, make_folder, pack, save_json, write_atomically
from teachrnn.hyper_parameter import check_counts
from teachrnn.recipes import Recipe
from teachrnn.runs import Claim, Source
from teachrnn.runs.checkpoint_upgrades import renamed_settings
from teachrnn.sweep.engine import Engine, TrialFunction
from teachrnn.sweep.space import Space, apply
from teachrnn.sweep.trial import Trial, TrialResult, train

PLAN, TRIALS, TABLE = "sweep.json", "trials.jsonl", "trials.csv"

BEST = 1 / 4
"""The share of a stage's trials around which the next stage searches."""


class Sweep:
    """Random search over the hyper-parameters of a recipe, from coarse to fine.

    The first stage draws its trials from the whole space, each further one from the region around the
    best quarter of the stage before. Every trial starts from the same seed, so that two of them differ
    in their hyper-parameters only; to see whether the best is the best for another seed too,
    train it again.

    The trials are a function of the seed and of earlier results, so a sweep that was stopped
    resumes where it was. Its folder holds ``sweep.json``, its settings; ``trials.jsonl``, a line
    for each finished trial, in the order in which they finished; ``trials.csv``, the same as a
    table, the best first.

    Parameters
    ----------
    recipe : Recipe
        What is not searched over.
    source : str
        Name of a corpus, or path of a file: every worker reads it by that name.
    space : Space
        What is searched over.
    folder : str or Path
        Where results are kept, and from which the sweep resumes; it is created if necessary.
    trials : int
        How many in each stage.
    updates : int
        Updates of each trial in the first stage.
    growth : int
        Factor by which the updates of a trial grow from one stage to the next.
    stages : int
        How many stages.
    seed : int
        Seed of all random numbers: those of the draws and those of every trial.

    Attributes
    ----------
    results : list of TrialResult
        Those that have finished, in that order.
    symbols : int
        K, how many symbols the text has: guessing among them costs log K nats per symbol.

    Raises
    ------
    TeachrnnError
        Before anything starts: if the text cannot be read, a hyper-parameter has values that do not fit
        it, or the folder holds another sweep, or one that is running.

    References
    ----------
    Bergstra & Bengio (2012), Random search for hyper-parameter optimization; Goodfellow, Bengio &
    Courville (2016), Deep Learning, section 11.4.
    """

    def __init__(
        self,
        recipe: Recipe,
        source: str,
        space: Space,
        *,
        folder: str | Path,
        trials: int = 12,
        updates: int = 3000,
        growth: int = 1,
        stages: int = 2,
        seed: int = 0,
    ) -> None:
        check_counts("Sweep", trials=trials, updates=updates, growth=growth, stages=stages)
        if not recipe.validation:
            raise DomainError("the recipe holds no text out to judge trials by: set its `validation`.")
        self.recipe, self.space, self.folder = recipe, space, Path(folder)
        self.trials, self.updates, self.growth, self.stages = trials, updates, growth, stages
        self.seed = seed
        if source not in CORPORA and Path(source).exists() and not is_plain_file(source):
            raise FileFormatError(
                f"{source} is not a file that can be read again, and every worker reads the text for "
                "itself: write it to a file first."
            )
        read = Source.load(source, recipe)
        space.check(recipe, read)
        # A worker may have another working directory.
        self.source = source if source in CORPORA else str(Path(source).resolve())
        self.fingerprint = read.fingerprint()
        self.symbols = len(read.vocabulary)
        make_folder(self.folder)
        with Claim(self.folder):
            self.results: list[TrialResult] = self._open()

    @property
    def ranked(self) -> list[TrialResult]:
        """The results, the best first, failed trials last."""
        return sorted(self.results, key=lambda result: (result.loss, result.key))

    def run(self, engine: Engine, function: TrialFunction = train) -> Iterator[TrialResult]:
        """Run the trials that are still missing; each is in the folder before it is yielded.

        A stage without a single success is the last: there is nothing to search around.

        Parameters
        ----------
        engine : Engine
            Where the trials run.
        function : Function
            What is done with a trial.

        Yields
        ------
        TrialResult
            The result of a trial, as it finishes.

        Raises
        ------
        FolderInUseError
            If another sweep is running in the folder.
        """
        with Claim(self.folder):
            self.results = self._read_results()  # another process may have continued it meanwhile
            yield from self._stages(engine, function)

    def _stages(self, engine: Engine, function: TrialFunction) -> Iterator[TrialResult]:
        space = self.space
        for stage in range(1, self.stages + 1):
            trials = self.drawn(space, stage)
            done = {result.key: result for result in self.results}
            for trial in trials:
                if trial.key in done and done[trial.key].values != trial.values:
                    raise FileFormatError(
                        f"{self.folder / TRIALS} has other values for trial {trial.number} of stage "
                        f"{stage} than are drawn now: it was changed. Start in another folder."
                    )
            for result in engine.run(function, [trial for trial in trials if trial.key not in done]):
                self._keep(result)
                yield result
            good = [r for r in self.ranked if r.stage == stage and isfinite(r.loss)]
            if not good:
                return
            best = good[: max(2, ceil(BEST * self.trials))]
            space = space.narrow([result.values for result in best])

    def drawn(self, space: Space, stage: int) -> list[Trial]:
        """The trials of a stage, drawn from the space that is left.

        Parameters
        ----------
        space : Space
            The space to draw from.
        stage : int
            Which stage, counted from 1.

        Returns
        -------
        list of Trial
            The trials.
        """
        rng = np.random.default_rng([self.seed, stage])
        base = self.recipe.but(updates=self.updates * self.growth ** (stage - 1))
        drawn = [space.draw(rng) for _ in range(self.trials)]
        return [
            Trial(
                stage=stage,
                number=number,
                values=values,
                recipe=apply(base, values).settings(),
                source=self.source,
                fingerprint=self.fingerprint,
                seed=self.seed,
            )
            for number, values in enumerate(drawn, start=1)
        ]

    # The folder --------------------------------------------------------------------------------

    def _plan(self) -> dict[str, Any]:
        return {
            "recipe": self.recipe.settings(),
            "text": self.source,
            "fingerprint": self.fingerprint,
            "over": [str(axis) for axis in self.space.axes],
            "trials": self.trials,
            "updates": self.updates,
            "growth": self.growth,
            "seed": self.seed,
            "stages": self.stages,
        }

    def _open(self) -> list[TrialResult]:
        """The results in the folder, if they are of this sweep; more stages than before are fine."""
        plan, path = self._plan(), self.folder / PLAN
        if path.exists():
            held = load_json(dict[str, Any], path, advice="delete it to start again.")
            if isinstance(held.get("recipe"), dict):
                younger = Recipe(name="", title="", source="").settings()  # it may lack some of these
                held["recipe"] = younger | renamed_settings(held["recipe"])
            other = [name for name in plan if name != "stages" and held.get(name) != plan[name]]
            if other:
                raise FileFormatError(
                    f"the folder {self.folder} holds another sweep: it differs in {', '.join(other)}. "
                    "Choose another folder, or continue that sweep with its own settings."
                )
        save_json(path, plan)
        return self._read_results()

    def _read_results(self) -> list[TrialResult]:
        path = self.folder / TRIALS
        if not path.exists():
            return []
        advice = "delete it, or start in another folder."
        return load_json(list[TrialResult], path, advice=advice, lines=True)

    def _keep(self, result: TrialResult) -> None:
        self.results.append(result)
        lines = "".join(json.dumps(pack(kept)[0]) + "\n" for kept in self.results)
        write_atomically(self.folder / TRIALS, lines.encode())
        write_atomically(self.folder / TABLE, self.table().encode())

    def table(self) -> str:
        """All results as comma-separated values, the best first.

        Returns
        -------
        str
            Lines of values, the first with their names.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        names = [axis.name for axis in self.space.axes]
        writer.writerow(["stage", "trial", *names, *COLUMNS])
        for r in self.ranked:
            values = [r.values[name] for name in names]
            found = [r.loss, r.bits, r.best_update, r.updates, r.seconds, r.worker, r.error]
            writer.writerow([r.stage, r.number, *values, *found])
        return out.getvalue()


COLUMNS = (
    "validation_nats_per_symbol",
    "validation_bits_per_symbol",
    "best_update",
    "updates",
    "seconds",
    "worker",
    "error",
)
