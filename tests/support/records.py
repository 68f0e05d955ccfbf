"""Records that several tests use."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from teachrnn import CharRNN, Linear, Sum, Trace


def small_record() -> Trace:
    """The record of a small network: T = 3, m = 2, K = 4."""
    model = CharRNN(hidden=2, symbols=4, scale=0.5, rng=np.random.default_rng(0))
    return model.record([0, 3, 1], [3, 1, 2])


def chain(
    T: int, *, w: float = 0.5, start: float = 1.0, loss_at: Collection[int] | None = None
) -> Trace:
    """h_t = w h_{t-1} with h_0 = start, and the loss h_t at every step (or at some)."""
    trace = Trace()
    W = trace.parameter("W", [[w]])
    with trace.at(0):
        h = trace.input("h", [start])
    for t in range(1, T + 1):
        with trace.at(t):
            h = Linear(h, W, name="h")
            if loss_at is None or t in loss_at:
                trace.loss(Sum(h, name="L"))
    return trace
