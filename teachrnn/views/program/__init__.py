"""A trace as the program in NumPy that a student would write for it."""

from teachrnn.views.program.numpy_program import LinesOfStep, Mark, NumpyProgram
from teachrnn.views.program.written import student_program

__all__ = ["LinesOfStep", "Mark", "NumpyProgram", "student_program"]
