"""Kinds of exercises: what is handed in, and how it is judged."""

from teachrnn.exercises.kinds.kind import EXERCISE_KINDS, ExerciseKind
from teachrnn.exercises.kinds.network import NetworkExercise
from teachrnn.exercises.kinds.operation import OperationExercise

__all__ = ["EXERCISE_KINDS", "ExerciseKind", "NetworkExercise", "OperationExercise"]
