"""Property tests for backward passes, operations, cells, optimizers and samplers: ours and yours."""

from teachrnn.extras import require

require("hypothesis", extra="testing", purpose="teachrnn.testing")
require("pytest", extra="testing", purpose="teachrnn.testing")

from teachrnn.testing.backward_suite import backward_suite, check_properties  # noqa: E402
from teachrnn.testing.batching_suite import batching_suite  # noqa: E402
from teachrnn.testing.cell_suite import cell_suite  # noqa: E402
from teachrnn.testing.instances import Limits, instances  # noqa: E402
from teachrnn.testing.op_suite import op_suite  # noqa: E402
from teachrnn.testing.optimizer_suite import optimizer_suite  # noqa: E402
from teachrnn.testing.profiles import register_profiles  # noqa: E402
from teachrnn.testing.sampler_suite import sampler_suite  # noqa: E402
from teachrnn.testing.strategies import networks, op_inputs  # noqa: E402
from teachrnn.testing.suite_for import suite_for  # noqa: E402

__all__ = [
    "Limits",
    "backward_suite",
    "batching_suite",
    "cell_suite",
    "check_properties",
    "instances",
    "networks",
    "op_inputs",
    "op_suite",
    "optimizer_suite",
    "register_profiles",
    "sampler_suite",
    "suite_for",
]
