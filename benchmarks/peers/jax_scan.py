"""JAX: a scan over time, and all of the training step under one jit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from peers.peer import EPSILON, ETA, LIMIT, Array, Parameters, Peer, Setting, stack_gates

jax.config.update("jax_enable_x64", True)  # allows float64; float32 stays float32

Tree = Any


def vanilla(p: Tree, h: Tree, u: Tree) -> tuple[Tree, Tree]:
    """One time step: the new state, and the part that the readout sees; u is U x + b."""
    h = jnp.tanh(u + h @ p["W"])
    return h, h


def lstm(p: Tree, state: Tree, u: Tree) -> tuple[Tree, Tree]:
    """One time step; the gates are stacked as i, f, g, q."""
    h, s = state
    i, f, g, q = jnp.split(u + h @ p["W"], 4, axis=-1)
    s = jax.nn.sigmoid(f) * s + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(q) * jnp.tanh(s)
    return (h, s), h


def gru(p: Tree, h: Tree, u: Tree) -> tuple[Tree, Tree]:
    """One time step; the gates are stacked as rho, z, n, and n uses the reset state."""
    gates = 2 * h.shape[-1]
    rho, z = jnp.split(jax.nn.sigmoid(u[..., :gates] + h @ p["W"][:, :gates]), 2, axis=-1)
    n = jnp.tanh(u[..., gates:] + (rho * h) @ p["W"][:, gates:])
    h = (1 - z) * n + z * h
    return h, h


def gru_reset_after(p: Tree, h: Tree, u: Tree) -> tuple[Tree, Tree]:
    """One time step; the gates are stacked as rho, z, n, and the candidate has a second bias."""
    r_rho, r_z, r_n = jnp.split(h @ p["W"] + p["b"], 3, axis=-1)
    u_rho, u_z, u_n = jnp.split(u, 3, axis=-1)
    rho, z = jax.nn.sigmoid(r_rho + u_rho), jax.nn.sigmoid(r_z + u_z)
    n = jnp.tanh(rho * r_n + u_n + p["c_n"])
    h = (1 - z) * n + z * h
    return h, h


CELLS: dict[str, Callable[[Tree, Tree, Tree], tuple[Tree, Tree]]] = {
    "vanilla": vanilla,
    "lstm": lstm,
    "gru": gru,
    "gru-reset-after": gru_reset_after,
}


def loss(p: Tree, state: Tree, x: Tree, y: Tree, cell: str) -> tuple[Tree, Tree]:
    """The loss, and the final state."""
    u = p["U"][x]
    if cell != "gru-reset-after":
        u = u + p["b"]
    state, h = lax.scan(partial(CELLS[cell], p), state, u)
    log_p = jax.nn.log_softmax(h @ p["V"] + p["c"])
    return -jnp.take_along_axis(log_p, y[..., None], axis=-1).sum() / y.shape[1], state


def train(carried: Tree, xy: Tree, cell: str) -> tuple[Tree, Tree]:
    """One training step: the values carried to the next, and the loss."""
    p, memory, state = carried
    (value, state), g = jax.value_and_grad(loss, has_aux=True)(p, state, *xy, cell)
    g = jax.tree.map(lambda g: jnp.clip(g, -LIMIT, LIMIT), g)
    memory = jax.tree.map(lambda m, g: m + g * g, memory, g)
    p = jax.tree.map(lambda p, m, g: p - ETA * g / jnp.sqrt(m + EPSILON), p, memory, g)
    return (p, memory, state), value


@partial(jax.jit, static_argnames="cell", donate_argnames="carried")
def train_once(carried: Tree, x: Tree, y: Tree, cell: str) -> tuple[Tree, Tree]:
    """One step per call."""
    return train(carried, (x, y), cell)


@partial(jax.jit, static_argnames="cell", donate_argnames="carried")
def train_often(carried: Tree, x: Tree, y: Tree, cell: str) -> tuple[Tree, Tree]:
    """Many steps per call: x and y are (S, T, B)."""
    return lax.scan(partial(train, cell=cell), carried, (x, y))


class JaxScan(Peer):
    """One call of a jitted function per step."""

    name = "JAX (lax.scan, jit)"

    def __init__(self, parameters: Parameters, setting: Setting) -> None:
        self.cell = setting.cell
        weights = {letter: stack_gates(parameters, letter, self.cell).T for letter in "UWb"}
        weights |= {"V": parameters["V"].T, "c": parameters["c"]}
        if "c_n" in parameters:
            weights["c_n"] = parameters["c_n"]
        p = {name: jnp.array(w, dtype=setting.dtype) for name, w in weights.items()}
        h = np.zeros((setting.B, setting.m), dtype=setting.dtype)
        state = (jnp.array(h), jnp.array(h)) if self.cell == "lstm" else jnp.array(h)
        self.carried = (p, jax.tree.map(jnp.zeros_like, p), state)

    @staticmethod
    def version() -> str:
        return f"JAX {jax.__version__}"

    def step(self, x: Array, y: Array) -> float:
        self.carried, value = train_once(self.carried, x, y, cell=self.cell)
        return float(value)


class JaxManySteps(JaxScan):
    """Many steps per call, without Python between them, so that no loss is seen before the last."""

    name = "JAX, 20 steps per call"
    steps_per_call = 20

    def steps(self, x: Array, y: Array) -> list[float]:
        self.carried, values = train_often(self.carried, x, y, cell=self.cell)
        return np.asarray(values).tolist()
