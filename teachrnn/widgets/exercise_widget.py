"""An order or a prediction in a notebook: answered in the page, judged and kept by Python."""

from __future__ import annotations

import html
from typing import Any

from teachrnn.exercises import Exercise
from teachrnn.exercises.attempts import KeptAttempts
from teachrnn.extras import require
from teachrnn.views.exercises.exercise_data import exercise_data
from teachrnn.views.exercises.exercise_html import (
    exercise_html,
    exercise_script,
    exercise_style,
    task_html,
)
from teachrnn.views.exercises.judged_html import open_hints
from teachrnn.views.exercises.shown import judge
from teachrnn.views.prose import prose_html
from teachrnn.widgets import display

require("anywidget", extra="widgets", purpose="An exercise that is answered in a notebook")
import anywidget  # noqa: E402  (after the check that says how to install it)
import traitlets  # noqa: E402


class ExerciseWidget(anywidget.AnyWidget):
    """Shows an exercise and judges what is answered; `verdict` is what was said last.

    Parameters
    ----------
    exercise : Exercise
        An exercise that is answered without code.
    """

    _esm = exercise_script()
    _css = exercise_style()

    exercise = traitlets.Dict().tag(sync=True)
    task = traitlets.Unicode().tag(sync=True)
    before = traitlets.Any("").tag(sync=True)
    verdict = traitlets.Dict().tag(sync=True)
    hiding = traitlets.Unicode().tag(sync=True)
    asked = traitlets.Dict().tag(sync=True)
    """What was answered, and a count that makes each answer a new one."""

    def __init__(self, exercise: Exercise) -> None:
        kept = KeptAttempts.load(exercise).kept
        before: Any = kept[-1].answer if kept else ""
        data = exercise_data(exercise)
        assert data is not None
        if before and (data["kind"] == "order" or data.get("asks") == "order"):
            before = before.split("\n")
        task = f"<h3>{html.escape(exercise.title)}</h3>{task_html(exercise)}"
        super().__init__(exercise=data, task=task, before=before, verdict={})
        self._of = exercise
        self.hiding = display.hiding(self.model_id)
        self.observe(lambda change: self._take(change.new), names="asked")

    def _take(self, asked: dict[str, Any]) -> None:
        found = judge(self._of, asked.get("answer"))
        said = html.escape(found.said)
        if self._of.kind == "prediction" and found.outcome in ("right", "wrong"):
            said = prose_html(found.said, inline=True)
        if not found.right:
            said += open_hints(found.hints[: min(found.opened, found.most)])
        self.verdict = {"outcome": found.outcome, "said": said, "count": asked.get("count", 0)}

    def show(self) -> None:
        """Show it in a notebook of Jupyter, and for when there is no kernel, what it asks."""
        static = (
            f"<style>{exercise_style()}</style><h3>{html.escape(self._of.title)}</h3>"
            f"{exercise_html(self._of, alone=True)}"
        )
        display.show(self, {"text/html": static, "text/plain": self._of.title})
