"""Many submissions: judged apart, one by one, and seen together."""

from teachrnn.grading.class_table import ClassTable, MistakeOfClass
from teachrnn.grading.graded import Graded
from teachrnn.grading.gradescope import gradescope_results
from teachrnn.grading.grading import Grading
from teachrnn.grading.handed_in_file import submissions_in

__all__ = [
    "ClassTable",
    "Graded",
    "Grading",
    "MistakeOfClass",
    "gradescope_results",
    "submissions_in",
]
