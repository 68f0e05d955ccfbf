"""otter-grader grades exercises by judgements that are made outside of the notebook.

otter runs a submission and its tests in one kernel, and takes the results from there: a student's code
can replace what judges, end the kernel, or keep it busy. Questions whose tests call
``judge("NAME", ...)`` are judged from the source of the submission instead, in otter's own process.
"""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import Any

from teachrnn.exercises import Exercise
from teachrnn.extras import require
from teachrnn.grading.exercise_cell import exercise_named_in
from teachrnn.grading.graded import Graded
from teachrnn.grading.grading_task import GradingTask, grade

_PURPOSE = "Grading with otter-grader"
_plugins: Any = require("otter.plugins", extra="graders", purpose=_PURPOSE)
_tests: Any = require("otter.test_files", extra="graders", purpose=_PURPOSE)
_abstract: Any = require("otter.test_files.abstract_test", extra="graders", purpose=_PURPOSE)

NOT_RUN = "This question could not be graded: the notebook did not run to its end."


class JudgeQuestions(_plugins.AbstractOtterPlugin):  # type: ignore[misc]
    """A plugin of otter-grader; the assignment names it under ``plugins``.

    If the tests of all questions name exercises, none of the student's code runs in otter's kernel.
    Otherwise the notebook runs as ever, for the other questions.

    Its settings are ``seed``, drawn when the autograder is generated if it is not given, and ``hints``,
    how many the results give (0 to 4, by default 1).
    """

    def during_generate(self, otter_config: dict[str, Any], assignment: Any) -> None:
        """Draw the seed, so that it is the same for everyone and stays in the autograder.

        Parameters
        ----------
        otter_config : dict
            What is written into the autograder.
        assignment : otter.assign.assignment.Assignment
            The assignment; not used.
        """
        own = f"{__name__}.{JudgeQuestions.__name__}"
        plugins = otter_config.get("plugins", [])
        for i, plugin in enumerate(plugins):
            given = {plugin: {}} if isinstance(plugin, str) else plugin
            if own in given:
                settings = {"seed": secrets.randbelow(2**31), **(given[own] or {})}
                plugins[i] = {own: settings}

    def before_execution(self, submission: Any) -> Any:
        """Judge the questions that name an exercise.

        Parameters
        ----------
        submission : notebook
            What would be run.

        Returns
        -------
        notebook
            What is run all the same: nothing of it if every question has been judged.
        """
        paths = sorted(Path("tests").glob("*.py"))
        exercises = {p: exercise_named_in(p.read_text("utf-8"), Path()) for p in paths}
        self._judged = {p: self._graded(p, e) for p, e in exercises.items() if e is not None}
        self._others = [p for p in paths if p not in self._judged]
        if self._judged and not self._others:
            submission.cells = []
        return submission

    def after_grading(self, results: Any) -> None:
        """Put the judgements in the place of what ran in the kernel.

        Parameters
        ----------
        results : otter.test_files.GradingResults
            The results, which are changed.
        """
        for path, graded in self._judged.items():
            hints = int(self._settings.get("hints", 1))
            test = _result(path, graded.feedback(hints), right=graded.judgement.right)
            test.update_score(min(float(graded.points), float(graded.maximum)))
            results.results[test.name] = test
        if results.has_catastrophic_failure() or not self._others:
            for path in self._others:
                test = _result(path, NOT_RUN, right=False)
                results.results[test.name] = test
            results._catastrophic_error = None  # otter has no other way to say that there are results
        known = {_test_file(path).name for path in [*self._judged, *self._others]}
        for name in set(results.results) - known:  # made up in the kernel
            del results.results[name]

    @property
    def _settings(self) -> dict[str, Any]:
        return self.plugin_config or {}

    def _graded(self, path: Path, exercise: Exercise) -> Graded:
        with tempfile.TemporaryDirectory(prefix="teachrnn-") as folder:
            task = GradingTask.of(
                "the submission",
                Path(self.submission_path),
                exercise,
                seed=int(self._settings.get("seed", secrets.randbelow(2**31))),
                maximum=float(_test_file(path).possible),
                folder=Path(folder),
            )
            return grade(task)


def _test_file(path: Path) -> Any:
    return _tests.create_test_file(str(path), None)


def _result(path: Path, said: str, *, right: bool) -> Any:
    """A test as otter holds it when it has been run."""
    test = _test_file(path)
    test.test_case_results = [
        _abstract.TestCaseResult(case, said if i == 0 else None, right)
        for i, case in enumerate(test.test_cases)
    ]
    return test
