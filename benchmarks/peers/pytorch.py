"""PyTorch: its recurrent layers with their defaults, and an explicit loop through torch.compile."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch._dynamo.utils import counters
from torch.nn import functional

from peers.peer import EPSILON, ETA, LIMIT, Array, CannotRunError, Parameters, Peer, Setting, stack_gates

torch.set_num_threads(1)

LAYERS = {"vanilla": nn.RNN, "lstm": nn.LSTM, "gru-reset-after": nn.GRU}


def adagrad(parameters: list[nn.Parameter], **options: Any) -> torch.optim.Adagrad:
    """PyTorch adds its eps outside the root; one in the accumulator's initial value is inside."""
    return torch.optim.Adagrad(parameters, lr=ETA, initial_accumulator_value=EPSILON, eps=0.0, **options)


class Network(nn.Module):
    """``nn.RNN``, ``nn.LSTM`` or ``nn.GRU`` on one-hot symbols, and a linear readout."""

    def __init__(self, parameters: Parameters, setting: Setting) -> None:
        super().__init__()
        self.K, cell = setting.K, setting.cell
        self.recurrent = LAYERS[cell](setting.K, setting.m)
        self.readout = nn.Linear(setting.m, setting.K)
        self.to(getattr(torch, setting.dtype))
        weights = {
            self.recurrent.weight_ih_l0: stack_gates(parameters, "U", cell),
            self.recurrent.weight_hh_l0: stack_gates(parameters, "W", cell),
            self.recurrent.bias_ih_l0: stack_gates(parameters, "b", cell),
            self.recurrent.bias_hh_l0: np.zeros_like(stack_gates(parameters, "b", cell)),
            self.readout.weight: parameters["V"],
            self.readout.bias: parameters["c"],
        }
        for weight, value in weights.items():
            weight.data.copy_(torch.from_numpy(value))
        self.train_one_bias(parameters, setting)

    def train_one_bias(self, parameters: Parameters, setting: Setting) -> None:
        """PyTorch has two biases per gate, which learn twice as fast as one: keep the second at 0.

        Only the candidate of the GRU needs both, as the reset gate is between them.
        """
        outer, inner = self.recurrent.bias_ih_l0, self.recurrent.bias_hh_l0
        if "c_n" not in parameters:
            inner.requires_grad_(False)
            return
        candidate = slice(2 * setting.m, None)
        outer.data[candidate] = torch.from_numpy(parameters["c_n"])
        inner.data[candidate] = torch.from_numpy(parameters["b_n"])
        needed = torch.zeros_like(inner.data)
        needed[candidate] = 1
        inner.register_hook(lambda gradient: gradient * needed)

    def forward(self, x: Tensor, state: Any) -> tuple[Tensor, Any]:
        one_hot = functional.one_hot(x, self.K).to(self.readout.weight.dtype)
        h, state = self.recurrent(one_hot, state)
        return self.readout(h), state


class PyTorch(Peer):
    """Layers, loss, clipping and optimizer of PyTorch, each with its defaults."""

    name = "PyTorch"
    cells = tuple(LAYERS)

    def __init__(self, parameters: Parameters, setting: Setting) -> None:
        self.network: Any = Network(parameters, setting)
        self.weights = [p for p in self.network.parameters() if p.requires_grad]
        self.optimizer = adagrad(self.weights)
        h = torch.zeros(1, setting.B, setting.m, dtype=getattr(torch, setting.dtype))
        self.state = (h, h.clone()) if setting.cell == "lstm" else h

    @staticmethod
    def version() -> str:
        return f"PyTorch {torch.__version__}"

    def step(self, x: Array, y: Array) -> float:
        scores, state = self.network(torch.from_numpy(x), self.state)
        targets = torch.from_numpy(y)
        loss = functional.cross_entropy(scores.flatten(0, 1), targets.flatten(), reduction="sum")
        loss = loss / y.shape[1]
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(self.weights, LIMIT)
        self.optimizer.step()
        self.state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
        return loss.item()


class WrittenOut(nn.Module):
    """The vanilla network as a loop over plain parameters."""

    def __init__(self, parameters: Parameters, setting: Setting) -> None:
        super().__init__()
        for name, p in parameters.items():
            setattr(self, name, nn.Parameter(torch.tensor(p, dtype=getattr(torch, setting.dtype))))

    def forward(self, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        u, states = self.U.t()[x] + self.b, []
        h = h[0]
        for u_t in u:
            h = torch.tanh(u_t + h @ self.W.t())
            states.append(h)
        return torch.stack(states) @ self.V.t() + self.c, h[None]


class Compiled(PyTorch):
    """An explicit loop through ``torch.compile``, and the fused AdaGrad.

    Dynamo silently skips an ``nn.RNN`` and runs it uncompiled. So this peer uses plain parameters,
    demands a single graph, and checks that the time steps are in it.
    """

    name = "PyTorch, loop through torch.compile"
    cells = ("vanilla",)
    compiles_long = True

    def __init__(self, parameters: Parameters, setting: Setting) -> None:
        super().__init__(parameters, setting)
        network = WrittenOut(parameters, setting)
        self.network = torch.compile(network, fullgraph=True)
        self.weights = list(network.parameters())
        self.optimizer = adagrad(self.weights, fused=True)
        torch._dynamo.reset()
        counters.clear()
        symbols = torch.zeros(setting.T, setting.B, dtype=torch.int64)
        try:
            self.network(symbols, self.state)
        except RuntimeError as error:
            reason = " ".join(str(error).split())[:200]
            raise CannotRunError(f"torch.compile failed: {reason}") from error
        if counters["stats"]["calls_captured"] < setting.T:
            raise CannotRunError("torch.compile did not capture the loop over time")
