"""Every cell in the registry obeys every law of cells."""

import pytest

from teachrnn import CELLS
from teachrnn.testing import cell_suite

pytestmark = pytest.mark.long
test_every_cell = cell_suite(*CELLS.values())
