"""Kinds of exercises: what is handed in, and how it is judged."""

from teachrnn.exercises.kinds.function import FunctionExercise
from teachrnn.exercises.kinds.kind import EXERCISE_KINDS, ExerciseKind
from teachrnn.exercises.kinds.network import NetworkExercise
from teachrnn.exercises.kinds.operation import OperationExercise
from teachrnn.exercises.kinds.order import OfferedLine, OrderExercise
from teachrnn.exercises.kinds.prediction import PredictionExercise
from teachrnn.exercises.kinds.update import UpdateExercise

__all__ = [
    "EXERCISE_KINDS",
    "ExerciseKind",
    "FunctionExercise",
    "NetworkExercise",
    "OfferedLine",
    "OperationExercise",
    "OrderExercise",
    "PredictionExercise",
    "UpdateExercise",
]
