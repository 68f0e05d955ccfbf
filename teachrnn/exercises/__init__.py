"""Exercises as data: text, starting code, what a judge must detect, and a ladder of hints."""

from teachrnn.exercises.exercise import Distractor, Exercise, WrittenHint, load_exercise
from teachrnn.exercises.judge import judge_attempt
from teachrnn.exercises.judgement import Judgement

__all__ = [
    "Distractor",
    "Exercise",
    "Judgement",
    "WrittenHint",
    "judge_attempt",
    "load_exercise",
]
