"""PyTorch's autograd as an oracle: the recorded graph replayed with formulas on tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.extras import require
from teachrnn.formulas.tensors import Tensor, evaluate
from teachrnn.op import Op, Value
from teachrnn.reference.estimate import EPS, EntriesDone, Estimate, Oracle
from teachrnn.trace import Trace


class TorchAutograd(Oracle):
    """PyTorch: reverse-mode automatic differentiation by an independent code base, in float64.

    It is taken at the recorded values, so that rounding in another order does not count as an error.
    """

    name = "torch"
    title = "PyTorch autograd"

    def evaluate(
        self, trace: Trace, value: Value, entries: Array, progress: EntriesDone | None
    ) -> Estimate:
        gradient = torch_gradient(trace, value).ravel()[entries]
        if progress is not None:
            progress(len(entries))
        floor = EPS * float(np.abs(gradient).max(initial=0.0))
        return Estimate(entries, gradient, np.full(len(entries), 10 * floor), floor)


def torch_gradient(trace: Trace, wanted: Value) -> Array:
    """Gradient of the loss with respect to a value, a result as well as a leaf, by PyTorch.

    It works inside ``torch.no_grad()`` and whatever defaults the caller has set.

    Raises
    ------
    MissingExtraError
        If torch is not installed.
    """
    torch = require("torch", extra="torch", purpose="The PyTorch oracle")
    with torch.inference_mode(False), torch.enable_grad():
        return _replayed(torch, trace, wanted)


def _replayed(torch: Any, trace: Trace, wanted: Value) -> Array:
    tensors: list[Any] = []
    for value in trace.values:
        recorded = _tensor(torch, value.data)
        if value is wanted:  # moved itself, whatever it was made from
            tensors.append(recorded.requires_grad_())
        elif isinstance(value, Op):
            y = _applied(torch, value, tensors)
            tensors.append(y + (recorded - y).detach())  # differentiate where it was recorded
        else:
            tensors.append(recorded)
    loss = sum(tensors[v.index].sum() for v in trace.losses)
    if not loss.requires_grad:  # no loss depends on the value
        return np.zeros(wanted.shape)
    (gradient,) = torch.autograd.grad(loss, tensors[wanted.index], allow_unused=True)
    return np.zeros(wanted.shape) if gradient is None else gradient.numpy()


def _tensor(torch: Any, data: Array) -> Any:
    """On the CPU, in float64 or as whole numbers, whatever defaults are set."""
    dtype = torch.float64 if data.dtype.kind == "f" else torch.int64
    return torch.tensor(data, dtype=dtype, device="cpu")


def _applied(torch: Any, value: Op, tensors: list[Any]) -> Any:
    """The operation's formula, at all leading positions at once."""
    op = type(value)
    letters = {
        own: Tensor.of(tensors[v.index], len(axes))
        for own, axes, v in zip(op.inputs, op.shape_rule.inputs, value.operands, strict=True)
    }
    y = evaluate(torch, op.definition, letters).without_axes()
    return y.expand(value.shape)
