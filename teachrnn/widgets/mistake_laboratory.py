"""Breaking a right network on purpose, and watching what tells."""

from __future__ import annotations

import html
import threading
from math import log
from time import perf_counter
from typing import TYPE_CHECKING, Self

from teachrnn.cells import CELLS
from teachrnn.errors import DivergedError, DomainError, TeachrnnError
from teachrnn.hyper_parameter import check_counts
from teachrnn.laboratory import (
    RIGHT,
    CheckTable,
    LearningCurve,
    PlantedMistake,
    check_table,
    find_mistake,
    gradient_picture,
    parameter_table,
    told_by_curves,
    well_known,
)
from teachrnn.recipes import Recipe
from teachrnn.runs import Run, Source
from teachrnn.views.figures.gradients_with_mistake import gradients_with_mistake
from teachrnn.views.figures.losses_with_mistakes import losses_with_mistakes
from teachrnn.views.figures.right_and_given import right_and_given
from teachrnn.views.figures.which_check_sees_it import which_check_sees_it
from teachrnn.views.figures.which_gradients_are_wrong import which_gradients_are_wrong
from teachrnn.views.style.legible import legible
from teachrnn.widgets.app import App
from teachrnn.widgets.control import Button, Menu, Slider

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHECKS, PARAMETERS, MATRIX, OVER_TIME, LOSSES = (
    "what checks say",
    "whose gradients are wrong",
    "a gradient beside the right one",
    "gradients over time",
    "losses and samples",
)
AT_A_TIME = 20
"""Updates of a run before the next one goes on: a point of its curve."""

PASSAGE = 160
"""Symbols that a network writes."""


class MistakeLaboratory(App):
    """Mistake laboratory: a mistake switched on in a right network, beside the right one.

    It shows what each check says of it, whose gradients are wrong, how large the gradients are over
    time, and what becomes of training. ``Train`` makes the chosen number of updates, rightly and with
    the mistake, from the same seeds, in a thread of its own; with more updates chosen, it goes on.

    Parameters
    ----------
    text : str, optional
        What is trained on; the corpus "help", if not given.
    mistake : str
        What is switched on at first: a name, or words of what it does, which are then in the menu, too.
    recipe : Recipe, optional
        How it is trained; a small network with AdaGrad, if not given.
    seeds : int
        Runs of each, from different seeds.
    draws : int
        How often each check is made, with other numbers each time.
    refresh : float
        Seconds between two pictures while it trains.

    Attributes
    ----------
    curves : list of LearningCurve
        The runs of the chosen cell and mistake so far, the right ones first.
    trouble : TeachrnnError or None
        The error that has ended the training, if any.

    Examples
    --------
    >>> app = MistakeLaboratory("the quick brown fox. " * 20, mistake="no transpose")
    >>> app.table.rows[2]                          # with one unit, a matrix is its own transpose
    ('m = 1', 1.0)
    >>> app.controls["updates"].value = 100
    >>> app.train()
    >>> app.wait()
    >>> [(curve.mistake, curve.seed, curve.updates) for curve in app.curves][2:]
    [('no transpose', 0, 100), ('no transpose', 1, 100)]
    """

    name = "mistake-laboratory"
    title = "Mistake laboratory"

    def __init__(
        self,
        text: str | None = None,
        *,
        mistake: str = "no carry",
        recipe: Recipe | str | None = None,
        seeds: int = 2,
        draws: int = 3,
        refresh: float = 1.5,
    ) -> None:
        check_counts("MistakeLaboratory", seeds=seeds, draws=draws)
        small = Recipe.find("adagrad").but(hidden=32, length=16)
        self.recipe = (small if recipe is None else Recipe.find(recipe)).but(validation=0.0)
        if self.recipe.layers > 1 or self.recipe.items:
            raise DomainError("MistakeLaboratory: the recipe must be of one layer, for one long text.")
        self.seeds, self.draws, self.refresh = seeds, draws, refresh
        self._source = None if text is None else Source.of(text)
        self._runs: dict[tuple[str, str, int], Run] = {}
        self._points: dict[tuple[str, str, int], list[tuple[int, float]]] = {}
        self._ended: dict[tuple[str, str, int], str] = {}
        self._tables: dict[tuple[str, str], CheckTable] = {}
        self._asked = threading.Event()
        self._thread: threading.Thread | None = None
        self._busy = False
        self.trouble: TeachrnnError | None = None
        named = find_mistake(mistake, self.recipe.cell).name
        names = dict.fromkeys([*well_known("vanilla"), *well_known(self.recipe.cell), named])
        super().__init__(
            {
                "cell": Menu(
                    "recurrent cell",
                    "Which cell the network is made of.",
                    sorted(CELLS),
                    self.recipe.cell,
                ),
                "mistake": Menu("mistake", "What is done wrong in it.", list(names), named),
                "show": Menu(
                    "show",
                    "Checks, gradients, or what becomes of training.",
                    [CHECKS, PARAMETERS, MATRIX, OVER_TIME, LOSSES],
                    CHECKS,
                ),
                "updates": Slider(
                    "updates",
                    "How many updates each run is to have made after Train.",
                    400,
                    low=100,
                    high=5000,
                    step=100,
                ),
                "train": Button(
                    "Train", "Train rightly and with the mistake, in the background.", self.train
                ),
                "stop": Button("Stop", "Stop after this update and keep the runs.", self._asked.set),
            }
        )

    @classmethod
    def example(cls) -> Self:
        app = cls("the quick brown fox jumps over the lazy dog. " * 9, draws=1)
        app.controls["updates"].value = 100
        app.train()
        app.wait()
        return app

    @property
    def planted(self) -> PlantedMistake:
        """The mistake that is switched on.

        Raises
        ------
        DomainError, NameLookupError
            If it cannot be made in the chosen cell.
        """
        name, cell = self.controls["mistake"].value, self.controls["cell"].value
        if name in well_known("vanilla") and name not in well_known(cell):
            raise DomainError(f"“{name}” has no place in the {cell} cell: choose another mistake.")
        return find_mistake(name, cell)

    @property
    def curves(self) -> list[LearningCurve]:
        """The runs of the chosen cell and mistake so far, the right ones first."""
        cell = self.controls["cell"].value
        found = []
        for name in (RIGHT, self.planted.name):
            for seed in range(self.seeds):
                key = (cell, name, seed)
                if self._points.get(key):
                    found.append(self._curve(key))
        return found

    @property
    def running(self) -> bool:
        """Whether updates are being made."""
        return self._busy

    def train(self) -> None:
        """Make the chosen updates in the background; nothing happens if it is training already."""
        if not self._busy:
            self._asked.clear()
            self._busy, self.trouble = True, None
            self.controls["show"].value = LOSSES
            self._thread = threading.Thread(target=self._run, name=self.title, daemon=True)
            self._thread.start()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until training in the background has stopped, or for so many seconds.

        Parameters
        ----------
        timeout : float, optional
            Seconds after which it returns all the same; for as long as it takes if not given.
        """
        if self._thread is not None:
            self._thread.join(timeout)

    def draw(self) -> Figure:
        planted, cell, shown = self.planted, self.controls["cell"].value, self.controls["show"].value
        if shown == LOSSES:
            if not self.curves:
                raise DomainError("No run has been made yet: press Train.")
            return losses_with_mistakes(self.curves, guessing=self._guessing)
        if not planted.backward and shown != OVER_TIME:
            raise DomainError(
                f"“{planted.name}” is made in the {planted.place}: the gradient is right for what is"
                " computed, and passes every check. Look at losses and samples."
            )
        if shown == CHECKS:
            return which_check_sees_it(self._checked(planted, cell))
        if shown == PARAMETERS:
            return which_gradients_are_wrong(parameter_table(cell, [planted]))
        picture = gradient_picture(planted, cell)
        if shown == MATRIX:
            name = picture.most_wrong
            if name is None:
                raise DomainError(f"With “{planted.name}”, no matrix has a wrong gradient here.")
            return right_and_given(name, *picture.parameters[name])
        return gradients_with_mistake(picture)

    def notes(self) -> str:
        if self.message:  # the last good picture stays, but this mistake may not be possible
            return ""
        said = self.planted.described
        lines = f"<p><b>{html.escape(self.planted.name)}</b>: {html.escape(said.title)}.</p>"
        if said.wrong:
            lines += (
                f"<p>right: <code>{html.escape(said.right)}</code><br>"
                f"wrong: <code>{html.escape(said.wrong)}</code></p>"
            )
        lines += f"<p>{html.escape(said.why)}</p>"
        if self.controls["show"].value != LOSSES:
            return f"{lines}<p>To be seen, it needs {html.escape(said.seen)}.</p>"
        trouble = "" if self.trouble is None else f'<p role="alert">{html.escape(str(self.trouble))}</p>'
        told = told_by_curves(self.curves, self._guessing)
        verdict = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in told)
        return f"{trouble}{verdict}{self._written()}{lines}"

    # Inside ------------------------------------------------------------------------------------

    @property
    def _guessing(self) -> float:
        return log(len(self._text_source().vocabulary))

    def _text_source(self) -> Source:
        if self._source is None:
            self._source = Source.load("help", self.recipe)
        return self._source

    def _checked(self, planted: PlantedMistake, cell: str) -> CheckTable:
        key = (cell, planted.name)
        if key not in self._tables:
            self._tables[key] = check_table(cell, [planted], draws=self.draws)
        return self._tables[key]

    def _run(self) -> None:
        """Bring all runs of the chosen cell and mistake to the chosen number of updates, in turn."""
        cell, planted = self.controls["cell"].value, self.planted
        updates, drawn = int(self.controls["updates"].value), perf_counter()
        keys = [(cell, name, seed) for seed in range(self.seeds) for name in (RIGHT, planted.name)]
        try:
            while not self._asked.is_set():
                behind = [key for key in keys if self._made(key) < updates and key not in self._ended]
                if not behind:
                    break
                for key in sorted(behind, key=self._made):
                    self._go_on(key, planted, updates)
                    if self._asked.is_set():
                        break
                if perf_counter() > drawn + self.refresh:
                    self.show()
                    drawn = perf_counter()
        except TeachrnnError as error:
            self.trouble = error
        finally:
            self._busy = False
            self.show()

    def _made(self, key: tuple[str, str, int]) -> int:
        run = self._runs.get(key)
        return 0 if run is None else run.training.iteration

    def _go_on(self, key: tuple[str, str, int], planted: PlantedMistake, updates: int) -> None:
        """Some more updates of one run, and a point of its curve."""
        cell, name, seed = key
        if key not in self._runs:
            run = Run(self.recipe.but(cell=cell, updates=10**9), self._text_source(), seed=seed)
            if name != RIGHT:
                planted.plant(run.training)
            self._runs[key], self._points[key] = run, []
        training, points = self._runs[key].training, self._points[key]
        try:
            for _ in range(min(AT_A_TIME, updates - training.iteration)):
                step = next(training)
                if step.iteration == 1:
                    points.append((1, step.smooth_loss / self.recipe.length))
        except DivergedError as error:
            self._ended[key] = str(error)
        else:
            points.append((training.iteration, training.smooth_loss / self.recipe.length))

    def _curve(self, key: tuple[str, str, int]) -> LearningCurve:
        _, name, seed = key
        points = self._points[key]
        return LearningCurve(name, seed, points[-1][0], list(points), diverged=self._ended.get(key, ""))

    def _written(self) -> str:
        """What the first run of each has learnt to write, beside each other; not while it trains."""
        if self._busy:
            return "<p>Training is running.</p>"
        cell, parts = self.controls["cell"].value, []
        for name in (RIGHT, self.planted.name):
            run = self._runs.get((cell, name, 0))
            if run is not None and (cell, name, 0) not in self._ended:
                text = legible(run.sample(PASSAGE))
                heading = f"{name}, after {run.training.iteration:,} updates"
                parts.append(
                    f"<div><p><b>{html.escape(heading)}</b></p>"
                    f'<pre style="white-space:pre-wrap;margin:0">{html.escape(text)}</pre></div>'
                )
        columns = "display:grid;gap:0 1.5em;grid-template-columns:repeat(auto-fit,minmax(14em,1fr))"
        return f'<div style="{columns}">{"".join(parts)}</div>' if parts else ""
