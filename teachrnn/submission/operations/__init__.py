"""Single operations of a student's: found in a program, called in their own layout."""

from teachrnn.submission.operations.operation_code import OperationCode, operations_in
from teachrnn.submission.operations.operation_submission import OperationSubmission

__all__ = ["OperationCode", "OperationSubmission", "operations_in"]
