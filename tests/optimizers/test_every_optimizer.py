"""Every optimizer in the registry obeys every law of optimizers."""

from teachrnn.optimizers import OPTIMIZERS
from teachrnn.testing.optimizer_suite import optimizer_suite

test_every_optimizer = optimizer_suite(*OPTIMIZERS.values())
