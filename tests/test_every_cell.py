"""Every cell in the registry obeys every law of cells."""

from teachrnn import CELLS
from teachrnn.testing import cell_suite

test_every_cell = cell_suite(*CELLS.values())
