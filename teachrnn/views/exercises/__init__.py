"""Exercises shown: in a notebook, on a page, as slides."""

from teachrnn.views.exercises.exercise_html import exercise_html, exercise_script, exercise_style
from teachrnn.views.exercises.exercise_page import exercise_page, save_exercise_page
from teachrnn.views.exercises.exercise_player import exercise_player_page, save_exercise_player
from teachrnn.views.exercises.shown import JudgedAttempt, ShownExercise, exercise, judge

__all__ = [
    "JudgedAttempt",
    "ShownExercise",
    "exercise",
    "exercise_html",
    "exercise_page",
    "exercise_player_page",
    "exercise_script",
    "exercise_style",
    "judge",
    "save_exercise_page",
    "save_exercise_player",
]
