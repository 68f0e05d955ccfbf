"""Every operation in the registry obeys every law of operations."""

from teachrnn import OPS
from teachrnn.testing import op_suite

test_every_op = op_suite(*OPS.values())
