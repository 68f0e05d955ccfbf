"""teachrnn: the fast path of a model, clipping and AdaGrad on its flat vector."""

from __future__ import annotations

import numpy as np

import teachrnn
from peers.peer import EPSILON, ETA, LIMIT, Array, Parameters, Peer, Setting
from teachrnn import CharRNN
from teachrnn.optimizers import AdaGrad
from teachrnn.training.clipping import ClipByValue


class Ours(Peer):
    """What every other peer is compared with."""

    name = "teachrnn"

    def __init__(self, parameters: Parameters, setting: Setting) -> None:
        model = CharRNN(
            hidden=setting.m,
            symbols=setting.K,
            cell=setting.cell,
            dtype=setting.dtype,
            rng=np.random.default_rng(0),
        )
        model.set_parameters(**parameters)
        self.path = model.path(length=setting.T, batch=setting.B, checked=False)
        self.theta, self.g = model.parameters.flat, self.path.gradients.flat
        self.clip = ClipByValue(limit=LIMIT)
        self.optimizer = AdaGrad(eta=ETA, epsilon=EPSILON)
        self.weight = 1 / setting.B

    @staticmethod
    def version() -> str:
        return f"teachrnn {teachrnn.__version__}"

    def step(self, x: Array, y: Array) -> float:
        loss = self.path.gradient(x, y, weight=self.weight)
        self.clip(self.g)
        self.optimizer.update(self.theta, self.g)
        self.path.carry()
        return loss * self.weight
