"""The exercises: a page written from their files, on which orders and predictions are answered."""

from __future__ import annotations

from held_back import held_back
from mkdocs.structure.files import File

from teachrnn.exercises import Exercise
from teachrnn.views.exercises import exercise_html, exercise_script, exercise_style

INTRODUCTION = """\
# Exercises

Each has a starting point, a judge that says what is wrong, and four hints. Lines to be put in order,
and predictions, are answered here. Code is judged in a notebook by `judge`, or in a terminal by
`teachrnn exercise`: [Work on an exercise](how-to/work-on-an-exercise.md) shows both. Your own are files:
[Write an exercise](how-to/write-an-exercise.md).
"""
START = '<script type="module">import { start } from "../assets/exercise.js"; start();</script>'


def on_files(files, config):
    style = held_back(f"<style>{exercise_style()}</style>")
    parts = [INTRODUCTION, style, *map(part, Exercise.all()), held_back(START)]
    script, content = exercise_script(), "\n\n".join(parts) + "\n"
    files.append(File.generated(config, "assets/exercise.js", content=script))
    files.append(File.generated(config, "exercises.md", content=content))
    return files


def part(exercise: Exercise) -> str:
    return f"## {exercise.title} {{ #{exercise.name} }}\n\n{held_back(exercise_html(exercise))}"
