"""A student's own forward and backward pass, called in its own layout and answered in ours."""

from teachrnn.diagnosis.answer import Answer
from teachrnn.submission.convention import Convention
from teachrnn.submission.isolated import IsolatedSubmission
from teachrnn.submission.layouts import LAYOUTS
from teachrnn.submission.results import Results, export
from teachrnn.submission.submission import Chosen, Submission

__all__ = [
    "LAYOUTS",
    "Answer",
    "Chosen",
    "Convention",
    "IsolatedSubmission",
    "Results",
    "Submission",
    "export",
]
