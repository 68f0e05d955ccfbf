"""nbgrader grades exercises by judgements that are made outside of the notebook.

nbgrader takes the points of a cell from what the cell printed in a kernel that the student's code ran in
before: there a student can replace whatever judges, end the kernel, or keep it busy. Here the cells that
call ``judge("NAME", ...)`` are not run. What was handed in is judged from its source, in nbgrader's own
process, and the judgement becomes the output of the cell: reason and points together.
"""

from __future__ import annotations

import copy
import json
import secrets
import tempfile
from pathlib import Path
from typing import Any

from teachrnn.exercises import Exercise
from teachrnn.extras import require
from teachrnn.grading.exercise_cell import exercise_named_in
from teachrnn.grading.graded import Graded
from teachrnn.grading.grading_task import GradingTask, grade

_PURPOSE = "Grading with nbgrader"
_preprocessors: Any = require("nbgrader.preprocessors", extra="graders", purpose=_PURPOSE)
_traits: Any = require("traitlets", extra="graders", purpose=_PURPOSE)
_nbformat: Any = require("nbformat.v4", extra="graders", purpose=_PURPOSE)
_utils: Any = require("nbgrader.utils", extra="graders", purpose=_PURPOSE)

EXECUTE = "nbgrader.preprocessors.Execute"
DRAWN = secrets.randbelow(2**31)
"""The seed of this run of nbgrader, unless the configuration sets one."""

DIED = "The kernel ended before this cell: other cells of the notebook ended it."


class JudgeExercises(_preprocessors.Execute):  # type: ignore[misc]
    """Stands in the place of nbgrader's `Execute`: runs a notebook, but judges its exercises outside.

    If every test of a notebook is about an exercise, no kernel is started: none of the student's code
    runs in one. Otherwise the other cells run as ever; if the kernel ends, its cells earn nothing, and
    the exercises keep their points.

    Attributes
    ----------
    seed : int
        Of the numbers on which code is tried; by default another one in each run of nbgrader.
    hints : int
        How many hints the feedback gives, from 0 to 4.
    """

    seed = _traits.Integer(DRAWN, help="Seed of the numbers on which code is tried.").tag(config=True)
    hints = _traits.Integer(1, help="How many hints the feedback gives, from 0 to 4.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any, km: Any = None) -> tuple[Any, Any]:
        """Run what is to be run, and put judgements into the cells that name an exercise.

        Parameters
        ----------
        nb : notebook
            What a student handed in, with the instructor's tests in their place again.
        resources : dict
            Of nbconvert.
        km : kernel manager, optional
            Of nbclient.

        Returns
        -------
        notebook, dict
            With outputs.
        """
        folder = Path((resources.get("metadata") or {}).get("path") or ".")
        exercises = {
            i: exercise
            for i, cell in enumerate(nb.cells)
            if _is_test(cell) and (exercise := exercise_named_in(cell.source, folder)) is not None
        }
        judged = self._judged(nb, exercises)
        if any(_is_test(cell) and i not in exercises for i, cell in enumerate(nb.cells)):
            nb, resources = self._run_others(nb, resources, km, set(exercises))
        for i, graded in judged.items():
            nb.cells[i].outputs = outputs_of(graded, self.hints)
            nb.cells[i].execution_count = None
        return nb, resources

    def _judged(self, nb: Any, exercises: dict[int, Exercise]) -> dict[int, Graded]:
        handed_in = {"cells": [cell for cell in nb.cells if not _is_test(cell)]}
        found = {}
        with tempfile.TemporaryDirectory(prefix="teachrnn-") as folder:
            path = Path(folder, "handed-in.ipynb")
            path.write_text(json.dumps(handed_in), "utf-8", errors="replace")
            for i, exercise in exercises.items():
                task = GradingTask.of(
                    "the notebook",
                    path,
                    exercise,
                    seed=self.seed,
                    maximum=float(nb.cells[i].metadata.nbgrader["points"]),
                    folder=Path(folder),
                )
                found[i] = grade(task)
        return found

    def _run_others(self, nb: Any, resources: Any, km: Any, left_out: set[int]) -> tuple[Any, Any]:
        """Run the notebook without the tests of exercises."""
        from nbclient.exceptions import CellControlSignal, DeadKernelError

        running = copy.deepcopy(nb)
        for i in left_out:
            running.cells[i].source = ""
        try:
            running, resources = super().preprocess(running, resources, km)
        except (DeadKernelError, CellControlSignal, _execute_errors()) as error:
            self.log.warning("%s", error)
            for i, cell in enumerate(running.cells):
                if _is_test(cell) and i not in left_out and not _utils.has_failed(cell):
                    cell.outputs = [_error(DIED)]
        for i in left_out:
            running.cells[i].source = nb.cells[i].source
        return running, resources


def outputs_of(graded: Graded, hints: int) -> list[Any]:
    """The outputs of a cell that stand for a judgement: the reason as text, and the points.

    Parameters
    ----------
    graded : Graded
        What was found.
    hints : int
        How many hints are given.

    Returns
    -------
    list of notebook nodes
        The last is a plain float: nbgrader gives full marks for anything else.

    Examples
    --------
    >>> from teachrnn.exercises import Judgement
    >>> found = Judgement("bptt", "wrong", 0.5, {"dU": True, "dW": False}, "dW is wrong.")
    >>> text, points = outputs_of(Graded("ada", found, 2.0, 4.0), hints=0)
    >>> points.data["text/plain"]
    '2.0'
    """
    points = min(float(graded.points), float(graded.maximum))
    return [
        _nbformat.new_output("stream", name="stdout", text=graded.feedback(hints) + "\n"),
        _nbformat.new_output("execute_result", data={"text/plain": repr(points)}, execution_count=None),
    ]


def judge_exercises(c: Any, *, seed: int | None = None, hints: int = 1) -> None:
    """Let nbgrader judge exercises outside of the notebook; for ``nbgrader_config.py``.

    Parameters
    ----------
    c : traitlets.config.Config
        What ``get_config()`` gives.
    seed : int, optional
        Of the numbers on which code is tried; by default another one in each run of nbgrader.
    hints : int
        How many hints the feedback gives, from 0 to 4.

    Examples
    --------
    >>> from traitlets.config import Config
    >>> c = Config()
    >>> judge_exercises(c, seed=7)
    >>> c.Autograde.autograde_preprocessors[0]
    'teachrnn.grading.nbgrader.JudgeExercises'
    """
    from nbgrader.converters import Autograde  # type: ignore[import-untyped]

    usual = Autograde.class_traits()["autograde_preprocessors"].default()
    others = [kind for kind in usual if kind is not _preprocessors.Execute]
    own = f"{__name__}.{JudgeExercises.__name__}"
    c.Autograde.autograde_preprocessors = [own, *others]
    c.JudgeExercises.hints = hints
    if seed is not None:
        c.JudgeExercises.seed = seed


def _is_test(cell: Any) -> bool:
    """Whether nbgrader takes points from its outputs."""
    return cell.cell_type == "code" and _utils.is_grade(cell) and not _utils.is_solution(cell)


def _execute_errors() -> Any:
    from nbgrader.preprocessors.execute import (  # type: ignore[import-untyped]
        UnresponsiveKernelError,
    )

    return UnresponsiveKernelError


def _error(said: str) -> Any:
    return _nbformat.new_output("error", ename="KernelEnded", evalue=said, traceback=[said])
