"""What is wrong with the gradient of an operation: slips in its formula, or in what becomes of it."""

from teachrnn.diagnosis.operations.diagnose_operation import OperationAnswer, diagnose_operation
from teachrnn.diagnosis.operations.operation_case import OperationCase

__all__ = ["OperationAnswer", "OperationCase", "diagnose_operation"]
