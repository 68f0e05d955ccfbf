"""PyTorch's autograd as an oracle: the recorded graph replayed with formulas on tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from teachrnn.domain import Index
from teachrnn.extras import require
from teachrnn.op import Op, Value
from teachrnn.reference.estimate import EPS, Array, Estimate, Oracle, Progress
from teachrnn.trace import Trace


class Tensor:
    """A torch tensor that obeys the matrix notation in which formulas are written.

    Vectors are columns, (..., n, 1), and ``*`` is the matrix product.
    """

    def __init__(self, data: Any) -> None:
        self.data = data

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.data.shape[-2])

    def applyfunc(self, function: Callable[[Any], Any]) -> Tensor:
        """Apply a function of one number to every entry."""
        return Tensor(function(self.data))

    def multiply_elementwise(self, other: Tensor) -> Tensor:
        """Hadamard product."""
        return Tensor(self.data * other.data)

    def col_join(self, other: Tensor) -> Tensor:
        """Stack two columns."""
        torch = require("torch", extra="torch", purpose="The PyTorch oracle")
        parts = torch.broadcast_tensors(self.data[..., :1, :], other.data[..., :1, :])
        leading = parts[0].shape[:-2]
        full = [p.expand(*leading, *p.shape[-2:]) for p in (self.data, other.data)]
        return Tensor(torch.cat(full, dim=-2))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.data.reshape(*self.data.shape[:-2], -1).unbind(-1))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple):
            rows, columns = key
            wide = slice(columns, columns + 1) if isinstance(columns, int) else columns
            return Tensor(self.data[..., rows, wide])
        return self.data[..., key, 0]

    def __add__(self, other: Tensor) -> Tensor:
        return Tensor(self.data + other.data)

    def __mul__(self, other: Tensor) -> Tensor:
        return Tensor(self.data @ other.data)

    def __truediv__(self, number: Any) -> Tensor:
        return Tensor(self.data / (number[..., None, None] if number.ndim else number))


class TorchAutograd(Oracle):
    """PyTorch: reverse-mode automatic differentiation by an independent code base, in float64.

    It is taken at the recorded values, so that rounding in another order does not count as an error.
    """

    name = "torch"
    title = "PyTorch autograd"

    def evaluate(
        self, trace: Trace, value: Value, entries: Array, progress: Progress | None
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
    sp = SimpleNamespace(exp=torch.exp, log=torch.log, tanh=torch.tanh, Max=_maximum(torch))
    tensors: list[Any] = []
    for value in trace.values:
        recorded = _tensor(torch, value.data)
        if value is wanted:  # moved itself, whatever it was made from
            tensors.append(recorded.requires_grad_())
        elif isinstance(value, Op):
            y = _applied(torch, sp, value, tensors)
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


def _applied(torch: Any, sp: SimpleNamespace, value: Op, tensors: list[Any]) -> Any:
    """The operation's formula at every leading position."""
    op = type(value)
    rows = []
    for place in np.ndindex(op.check(*[v.data for v in value.operands]).leading):
        operands = []
        for own, axes, v in zip(op.inputs, op.shape_rule.inputs, value.operands, strict=True):
            tensor = tensors[v.index]
            tensor = tensor[place] if v.data.ndim > len(axes) else tensor
            operands.append(_operand(tensor, axes, isinstance(op.domain.get(own), Index)))
        y = op.formula(sp, *operands)
        rows.append(y.data[..., 0] if isinstance(y, Tensor) else y)
    return torch.stack(rows).reshape(value.shape)


def _operand(tensor: Any, axes: tuple[str, ...], whole: bool) -> Any:
    if whole:
        return int(tensor)
    if len(axes) == 0:
        return tensor
    return Tensor(tensor[..., None] if len(axes) == 1 else tensor)


def _maximum(torch: Any) -> Callable[[float, Any], Any]:
    return lambda low, z: torch.clamp(z, min=low)
