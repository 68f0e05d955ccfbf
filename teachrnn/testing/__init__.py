"""Property tests for operations and cells: the library's own, ready for yours."""

from teachrnn.extras import require

require("hypothesis", extra="testing", purpose="teachrnn.testing")
require("pytest", extra="testing", purpose="teachrnn.testing")

from teachrnn.testing.cell_suite import cell_suite  # noqa: E402
from teachrnn.testing.op_suite import op_suite  # noqa: E402
from teachrnn.testing.profiles import register_profiles  # noqa: E402
from teachrnn.testing.strategies import networks, op_inputs  # noqa: E402

__all__ = ["cell_suite", "networks", "op_inputs", "op_suite", "register_profiles"]
