"""An exercise as HTML: the task, the starting code, hints that unfold in order."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from importlib.resources import files

from teachrnn.exercises import Exercise
from teachrnn.exercises.exercise import RUNGS
from teachrnn.views.exercises.exercise_data import exercise_data, exercise_text
from teachrnn.views.prose import prose_html
from teachrnn.views.style.palette import palette_style

HERE = files("teachrnn.views.exercises")


def exercise_style() -> str:
    """The style sheet of exercises, with the colours of all views.

    Returns
    -------
    str
        CSS, which concerns elements of the class ``trnn-exercise`` only.

    Examples
    --------
    >>> exercise_style().startswith(".trnn-exercise {")
    True
    """
    return palette_style(".trnn-exercise") + (HERE / "exercise.css").read_text("utf-8")


def exercise_script() -> str:
    """The program that shows exercises that are answered without code.

    Returns
    -------
    str
        An ES module, with a function ``start`` for a page, and what a notebook needs.

    Examples
    --------
    >>> "export function start()" in exercise_script()
    True
    """
    return (HERE / "exercise.js").read_text("utf-8")


def facts(exercise: Exercise) -> str:
    """How hard it is, how long it takes, what it is worth, and where it stands in the course.

    Parameters
    ----------
    exercise : Exercise
        The exercise.

    Returns
    -------
    str
        A line of text.

    Examples
    --------
    >>> facts(Exercise.find("tanh-gradient"))
    'difficulty 1 of 5 · 5 minutes · 2 points · needed later · T2 E1'
    """
    points = f"{exercise.points:g} point{'' if exercise.points == 1 else 's'}"
    parts = [f"difficulty {exercise.difficulty} of 5", f"{exercise.minutes} minutes", points]
    parts += ["needed later"] * exercise.needed_later
    return " · ".join([*parts, *filter(None, [exercise.course])])


def task_html(exercise: Exercise) -> str:
    """What is to be done, and the code that one begins with.

    Parameters
    ----------
    exercise : Exercise
        The exercise.

    Returns
    -------
    str
        HTML without a heading.
    """
    parts = [f'<p class="about-it">{html.escape(facts(exercise))}</p>']
    parts.append(prose_html(exercise_text(exercise)))
    if exercise.judged_by.is_code:
        if exercise.given.strip():
            code = _code(exercise.given)
            parts.append(_folded("Code that is given", code))
        parts.append(_code(exercise.starting))
    return "\n".join(parts)


def hints_html(hints: Mapping[int, str]) -> str:
    """Hints that unfold one inside the other, so that nobody sees the next before the one before it.

    Parameters
    ----------
    hints : mapping of int to str
        Markdown, by rung.

    Returns
    -------
    str
        HTML; empty if there are none.
    """
    inner = ""
    for rung in sorted(hints, reverse=True):
        title = f"Hint {rung}: {RUNGS[rung - 1]}"
        inner = _folded(title, f"{prose_html(hints[rung])}\n{inner}")
    return inner


def exercise_html(exercise: Exercise, *, alone: bool = False) -> str:
    """All of an exercise, for a page without a kernel.

    An order or a prediction is answered and judged in the page, once `exercise_script` was started
    there; without a script, its lines or choices are listed. Where code is written, the command is
    told that judges it.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    alone : bool
        Whether it stands without its hints, and without the commands: as on a slide.

    Returns
    -------
    str
        HTML without a heading, and without an empty line, at which Markdown would end the block.

    Examples
    --------
    >>> "def tanh_backward(dy, y):" in exercise_html(Exercise.find("tanh-gradient"))
    True
    """
    data = exercise_data(exercise)
    parts = ['<section class="trnn-exercise" data-trnn-exercise>', task_html(exercise)]
    if data is None and not alone:
        command = f"teachrnn exercise {exercise.name}"
        parts.append(
            f"<p>In a notebook, <code>judge({html.escape(repr(exercise.name))}, "
            f"{html.escape(_wanted(exercise))})</code> judges it at once; in a terminal, "
            f"<code>{command}</code> writes the file to begin with, and <code>{command} "
            f"{exercise.file_name}</code> judges it.</p>"
        )
    elif data is not None:
        said = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
        parts.append(f'<script type="application/json">{said}</script>')
        parts.append(f'<div class="answer">{_without_script(data)}</div>')
    if not alone:
        parts.append(hints_html({hint.rung: hint.text for hint in exercise.hints}))
    parts.append("</section>")
    lines = "\n".join(parts)
    return _joined(lines)


def _wanted(exercise: Exercise) -> str:
    """The name of the function that is written."""
    for line in exercise.starting.splitlines():
        if line.startswith(("def ", "class ")):
            return line.split()[1].split("(")[0].rstrip(":")
    return "mine"


def _without_script(data: Mapping[str, object]) -> str:
    if data["kind"] == "order":
        lines = data["lines"]
        assert isinstance(lines, list)
        code = "\n".join(" " * 4 * line["indent"] + line["text"] for line in lines)
        return _code(code)
    choices = data["choices"]
    assert isinstance(choices, list)
    return "".join(f"<p>{choice['html']}</p>" for choice in choices)


def _folded(title: str, inside: str) -> str:
    return f'<details class="quote"><summary>{title}</summary>\n{inside}</details>'


def _code(text: str) -> str:
    return f"<pre><code>{html.escape(text.strip())}</code></pre>"


def _joined(text: str) -> str:
    """Without empty lines: inside of code a reference stands for the second line feed."""
    return text.replace("\n\n", "\n&#10;")
