"""An instance as a message between processes: settings as JSON, numbers as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.instance import Instance
from teachrnn.models import CharRNN


def parts_of(instance: Instance) -> tuple[dict[str, Any], dict[str, Array]]:
    """An instance as a message."""
    arrays = {f"parameter {n}": np.array(p) for n, p in instance.model.parameters.items()}
    arrays |= {f"state {n}": s for n, s in instance.state.items()}
    arrays |= {"x": instance.x, "y": instance.y}
    return {"do": "answer", "model": instance.model.settings()}, arrays


def instance_of(said: Mapping[str, Any], arrays: Mapping[str, Array]) -> Instance:
    """The instance of a message."""
    model = CharRNN(**said["model"], rng=np.random.default_rng(0))
    model.set_parameters(**_with("parameter ", arrays))
    instance = Instance(model, arrays["x"], arrays["y"], _with("state ", arrays))
    if gradients := _with("gradient ", arrays):
        instance.__dict__["gradients"] = gradients  # need not, and may not, be computed in this process
    return instance


def _with(start: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}
