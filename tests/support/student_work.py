"""How to run each program of tests/checking/students: its own loss and gradients, on drawn numbers.

The programs are the held-out test set of the diagnosis. They say nothing of themselves: what is known of
them stands here (how they are called) and in mistakes.toml (what can be wrong with them).
"""

from __future__ import annotations

import contextlib
import io
import tomllib
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parents[1] / "checking" / "students"
Arrays = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """What a case is drawn with; a program takes what it knows of."""

    T: int = 4
    m: int = 3
    K: int = 5
    B: int = 2
    start: bool = True  # whether h0 (and c0) differ from zero
    scale: float = 0.7


SIZES = {
    "usual": Size(),
    "T=1": Size(T=1),
    "m=1": Size(m=1),
    "B=1": Size(B=1),
    "h0=0": Size(start=False),
    "large": Size(T=12, scale=3.0),  # gradients beyond every limit of clipping
}
HIDING = ("T=1", "m=1", "B=1", "h0=0")  # where some mistakes do not show


@dataclass
class Answers:
    """What one call of a program gave, by names of its own."""

    gradients: Arrays
    forward: Arrays = field(default_factory=dict)  # loss, probabilities, states
    after: Arrays = field(default_factory=dict)  # what a training step leaves behind


@dataclass
class Case:
    """A program with numbers: entries of `parameters` may be changed in place between two losses."""

    parameters: dict[str, np.ndarray]
    loss: Callable[[], float]
    run: Callable[[], Answers]
    given: dict[str, Any] = field(default_factory=dict)  # what is handed over beside the parameters


def source(name: str) -> str:
    return (FOLDER / f"{name}.py").read_text(encoding="utf-8")


def planted(text: str, *changes: dict[str, Any]) -> str:
    """The program with one or more replacements, each of a passage that occurs once."""
    for change in changes:
        if text.count(change["old"]) != 1:
            raise LookupError(f"occurs {text.count(change['old'])} times: {change['old']!r}")
        text = text.replace(change["old"], change["new"])
    return text


def compiled(text: str, name: str) -> types.CodeType:
    return compile(text, str(FOLDER / f"{name}.py"), "exec")


def executed(program: types.CodeType) -> Any:
    """The program as a module of its own; what it prints on its way is not shown."""
    module = types.ModuleType("student")
    with contextlib.redirect_stdout(io.StringIO()):
        exec(program, module.__dict__)
    return module


def catalogue() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((FOLDER / "mistakes.toml").read_text(encoding="utf-8"))


class Draw:
    """Random arrays of a case."""

    def __init__(self, size: Size, seed: int, dtype: Any = np.float64) -> None:
        self.size, self.dtype = size, dtype
        self.rng = np.random.default_rng(seed)

    def __call__(self, *shape: int, scale: float | None = None) -> np.ndarray:
        scale = self.size.scale if scale is None else scale
        return (scale * self.rng.normal(size=shape)).astype(self.dtype)

    def state(self, *shape: int) -> np.ndarray:
        drawn = self(*shape, scale=0.5)
        return drawn if self.size.start else np.zeros_like(drawn)

    def tokens(self, *shape: int, below: int | None = None) -> np.ndarray:
        return self.rng.integers(0, self.size.K if below is None else below, size=shape)

    def one_hot(self, *shape: int) -> np.ndarray:
        return np.eye(self.size.K)[self.tokens(*shape)]


def columns(draw: Draw, names: str) -> dict[str, np.ndarray]:
    """U, W, V, b, c of a character network, the biases as columns, under the names of the program."""
    K, m = draw.size.K, draw.size.m
    shapes = [(m, K), (m, m), (K, m), (m, 1), (K, 1)]
    return {name: draw(*shape) for name, shape in zip(names.split(), shapes, strict=True)}


CASES: dict[str, Callable[[Any, Size, int], Case]] = {}


def case(make: Callable[[Any, Size, int], Case]) -> Callable[[Any, Size, int], Case]:
    CASES[make.__name__] = make
    return make


def named(names: str, values: Any) -> Arrays:
    return dict(zip(names.split(), values, strict=True))


@case
def min_char_rnn(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    p = columns(draw, "Wxh Whh Why bh by")
    code.vocab_size, code.hidden_size = size.K, size.m
    vars(code).update(p)
    x, y, h = draw.tokens(size.T).tolist(), draw.tokens(size.T).tolist(), draw.state(size.m, 1)

    def run() -> Answers:
        loss, *grads, last = code.lossFun(x, y, h)
        return Answers(named("Wxh Whh Why bh by", grads), {"loss": loss, "h": last})

    return Case(p, lambda: code.lossFun(x, y, h)[0], run, {"inputs": x, "targets": y, "hprev": h})


@case
def rnn_layers(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    N, T, H, V, D = size.B, size.T, size.m, size.K, 4
    p = {"W_embed": draw(V, D), "Wx": draw(D, H), "Wh": draw(H, H), "b": draw(H), "w": draw(H, V)}
    p |= {"b_out": draw(V), "h0": draw.state(N, H)}
    tokens, y, mask = draw.tokens(N, T), draw.tokens(N, T), draw.tokens(N, T, below=4) > 0
    mask[:, -1] = True

    def forward() -> tuple[Any, ...]:
        x, first = code.word_embedding_forward(tokens, p["W_embed"])
        h, second = code.rnn_forward(x, p["h0"], p["Wx"], p["Wh"], p["b"])
        scores, third = code.temporal_affine_forward(h, p["w"], p["b_out"])
        loss, dscores = code.temporal_softmax_loss(scores, y, mask)
        return loss, dscores, first, second, third, h

    def run() -> Answers:
        loss, dscores, first, second, third, h = forward()
        dh, dw, db_out = code.temporal_affine_backward(dscores, third)
        dx, dh0, dWx, dWh, db = code.rnn_backward(dh, second)
        grads = [code.word_embedding_backward(dx, first), dWx, dWh, db, dw, db_out, dh0]
        return Answers(named("W_embed Wx Wh b w b_out h0", grads), {"loss": loss, "h": h})

    return Case(p, lambda: forward()[0], run, {"tokens": tokens, "y": y, "mask": mask})


@case
def rnn_step_by_step(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    K, m, n_x = size.K, size.m, 4
    p = {"Wax": draw(m, n_x), "Waa": draw(m, m), "ba": draw(m, 1)}
    unused = {"Wya": draw(K, m), "by": draw(K, 1)}
    inputs = {"x": draw(n_x, size.B, size.T), "a0": draw.state(m, size.B)}
    da = draw(m, size.B, size.T)

    def forward() -> tuple[Any, Any, Any]:
        return code.rnn_forward(inputs["x"], inputs["a0"], p | unused)

    def run() -> Answers:
        a, y, caches = forward()
        grads = code.rnn_backward(da, caches)
        found = {name: grads["d" + name] for name in [*p, *inputs]}
        return Answers(found, {"a": a, "y_pred": y})

    return Case(p | inputs, lambda: np.sum(forward()[0] * da), run, {"da": da})


@case
def dinosaur_names(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    p = columns(draw, "Wax Waa Wya b by")
    X, Y, a0 = (
        [None, *draw.tokens(size.T - 1).tolist()],
        draw.tokens(size.T).tolist(),
        draw.state(size.m, 1),
    )

    def loss() -> float:
        return code.rnn_forward(X, Y, a0, p, size.K)[0]

    def run() -> Answers:
        copies = {name: value.copy() for name, value in p.items()}
        value, cache = code.rnn_forward(X, Y, a0, copies, size.K)
        grads, a = code.rnn_backward(X, Y, copies, cache)
        found = {name: grads["d" + name].copy() for name in p}
        _, clipped, last = code.optimize(X, Y, a0, copies, 0.1)
        after = {"clipped " + name: clipped["d" + name] for name in p}
        after |= {"updated " + name: copies[name] for name in p}
        return Answers(found, {"loss": value, "a": a[len(X) - 1]}, after | {"state": last})

    return Case(p, loss, run, {"X": X, "Y": Y, "a0": a0})


@case
def assignment4(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    p = columns(draw, "U W V b c")
    net = code.RNN(size.m, size.K)
    vars(net).update(p)
    X, Y, h0 = draw.one_hot(size.T).T, draw.one_hot(size.T).T, draw.state(size.m, 1)

    def run() -> Answers:
        loss, A, H, P = code.ForwardPass(net, h0, X, Y)
        return Answers(
            code.ComputeGradients(net, X, Y, A, H, P), {"loss": loss, "H": H.copy(), "P": P.copy()}
        )

    return Case(p, lambda: code.ForwardPass(net, h0, X, Y)[0], run, {"X": X, "Y": Y, "h0": h0})


@case
def assignment4_bonus_final(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    p = columns(draw, "U W V b c")
    X, y, h = draw.one_hot(size.T).T, draw.tokens(size.T), draw.state(size.m, 1)

    def run() -> Answers:
        _, P, _ = code.forward(X, y, h, p)
        P = P.copy()
        loss, grads, last = code.loss_and_grads(X, y, h, p)
        return Answers(grads, {"loss": loss, "P": P, "h": last})

    return Case(p, lambda: code.forward(X, y, h, p)[0], run, {"X": X, "y": y, "hprev": h})


@case
def rnn_scratch(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    K, m = size.K, size.m
    names = "W_xh W_hh b_h W_hq b_q"
    p = named(names, [draw(K, m), draw(m, m), draw(m), draw(m, K), draw(K)])
    params = list(p.values())
    X, Y, state = draw.tokens(size.B, size.T), draw.tokens(size.B, size.T), (draw.state(size.B, m),)

    def run() -> Answers:
        loss, cache = code.forward(X, Y, state, params)
        forward = {"loss": loss, "h": cache[3][-1].copy()}
        found = [g.copy() for g in code.backward(params, cache)]
        clipped = [g.copy() for g in found]
        code.grad_clipping(clipped, 0.5)
        after = {"clipped " + name: g for name, g in named(names, clipped).items()}
        return Answers(named(names, found), forward, after)

    return Case(p, lambda: code.forward(X, Y, state, params)[0], run, {"X": X, "Y": Y, "state": state})


@case
def numpy_rnn_module(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    m, D = size.m, 4
    p = {
        "weight_ih_l0": draw(m, D),
        "weight_hh_l0": draw(m, m),
        "bias_ih_l0": draw(m),
        "bias_hh_l0": draw(m),
    }
    first = bool(seed % 2)  # batch_first
    axes = (size.B, size.T) if first else (size.T, size.B)
    inputs = {"input": draw(*axes, D), "h_0": draw.state(1, size.B, m)}
    net = code.RNN(D, m, batch_first=first)
    vars(net).update(p)
    up, last = draw(*axes, m), draw(1, size.B, m)

    def loss() -> float:
        output, h_n = net.forward(inputs["input"], inputs["h_0"])
        return np.sum(output * up) + np.sum(h_n * last)

    def run() -> Answers:
        net.zero_grad()
        output, h_n = net.forward(inputs["input"], inputs["h_0"])
        forward = {"output": output.copy(), "h_n": h_n.copy()}
        dx, dh = net.backward(up, last)
        return Answers({**{k: v.copy() for k, v in net.grad.items()}, "input": dx, "h_0": dh}, forward)

    return Case(p | inputs, loss, run, {"grad_output": up, "grad_h_n": last})


@case
def rnn_matlab_port(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    p = columns(draw, "U W V b c")
    pad = np.zeros((size.K, 1))
    X, Y = np.hstack([pad, draw.one_hot(size.T).T]), np.hstack([pad, draw.one_hot(size.T).T])
    h0 = draw.state(size.m, 1)

    def run() -> Answers:
        J, h, prob = code.rnn_cost(p, X, Y, h0)
        forward = {"J": J, "h": h.copy(), "prob": prob.copy()}
        return Answers(code.rnn_grad(p, X, Y, h, prob), forward)

    return Case(p, lambda: code.rnn_cost(p, X, Y, h0)[0], run, {"X": X, "Y": Y, "h0": h0})


@case
def flat_theta(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    T, K, m, d = size.T, size.K, size.m, 4
    x, y, h0 = draw(T, d), draw.tokens(T), draw.state(m)
    y[-1] = K - 1
    shapes = {"Wx": (m, d), "Wh": (m, m), "b": (m,), "Wo": (K, m), "bo": (K,)}
    theta = draw(sum(int(np.prod(shape)) for shape in shapes.values()))
    loss, grad = code.make_problem(x, y, h0, m)

    def parts(vector: np.ndarray) -> dict[str, np.ndarray]:
        found, at = {}, 0
        for name, shape in shapes.items():
            found[name] = vector[at : at + int(np.prod(shape))].reshape(shape)
            at += int(np.prod(shape))
        if at != len(vector):
            raise ValueError("the vector has another length")
        return found

    def run() -> Answers:
        return Answers(parts(grad(theta)), {"loss": loss(theta)})

    return Case(parts(theta), lambda: loss(theta), run, {"x": x, "y": y, "h0": h0})


@case
def char_embed_rnn(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    K, m, D = size.K, size.m, 4
    p = {"E": draw(K, D), "Wxh": draw(D, m), "Whh": draw(m, m), "bh": draw(m), "Wo": draw(m, K)}
    p |= {"bo": draw(K), "h0": draw.state(m)}
    x, y = draw.tokens(size.B, size.T), draw.tokens(size.B, size.T)

    def run() -> Answers:
        loss, cache = code.forward(p, x, y)
        forward = {"loss": loss, "hs": cache[3].copy()}
        return Answers(code.backward(p, cache), forward)

    return Case(p, lambda: code.forward(p, x, y)[0], run, {"tokens": x, "targets": y})


@case
def lstm_one_matrix(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    K, m = size.K, size.m
    p = {"W": draw(4 * m, K + m), "b": draw(4 * m, 1), "Why": draw(K, m), "by": draw(K, 1)}
    x, y = draw.tokens(size.T).tolist(), draw.tokens(size.T).tolist()
    h0, c0 = draw.state(m, 1), draw.state(m, 1)

    def run() -> Answers:
        loss, cache, h, c = code.lstm_forward(x, y, h0, c0, p)
        return Answers(code.lstm_backward(cache, p), {"loss": loss, "h": h.copy(), "c": c.copy()})

    given = {"inputs": x, "targets": y, "h0": h0, "c0": c0}
    return Case(p, lambda: code.lstm_forward(x, y, h0, c0, p)[0], run, given)


@case
def lstm_batched(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    m, D = size.m, 4
    p = {"WLSTM": draw(1 + D + m, 4 * m), "X": draw(size.T, size.B, D)}
    p |= {"c0": draw.state(size.B, m), "h0": draw.state(size.B, m)}
    up, dcn, dhn = draw(size.T, size.B, m), draw(size.B, m), draw(size.B, m)

    def forward() -> tuple[Any, ...]:
        return code.forward(p["X"], p["WLSTM"], p["c0"], p["h0"])

    def loss() -> float:
        Hout, cn, hn, _ = forward()
        return np.sum(Hout * up) + np.sum(cn * dcn) + np.sum(hn * dhn)

    def run() -> Answers:
        Hout, cn, hn, cache = forward()
        kept = {"Hout": Hout.copy(), "cn": cn.copy(), "hn": hn.copy()}
        return Answers(named("X WLSTM c0 h0", code.backward(up, cache, dcn, dhn)), kept)

    return Case(p, loss, run, {"dHout_in": up, "dcn": dcn, "dhn": dhn})


@case
def lstm_step_by_step(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    K, m, n_x = size.K, size.m, 4
    p = {"W" + gate: draw(m, m + n_x) for gate in "fico"} | {"b" + gate: draw(m, 1) for gate in "fico"}
    unused = {"Wy": draw(K, m), "by": draw(K, 1)}
    inputs = {"x": draw(n_x, size.B, size.T), "a0": draw.state(m, size.B)}
    da = draw(m, size.B, size.T)

    def forward() -> tuple[Any, ...]:
        return code.lstm_forward(inputs["x"], inputs["a0"], p | unused)

    def run() -> Answers:
        a, y, c, caches = forward()
        grads = code.lstm_backward(da, caches)
        return Answers({name: grads["d" + name] for name in [*p, *inputs]}, {"a": a, "y": y, "c": c})

    return Case(p | inputs, lambda: np.sum(forward()[0] * da), run, {"da": da})


@case
def lstm_gates(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    K, m = size.K, size.m
    p = {}
    for gate in "figo":
        p |= {"W_" + gate: draw(m, K), "U_" + gate: draw(m, m), "b_" + gate: draw(m, 1)}
    p |= {"W_v": draw(K, m), "b_v": draw(K, 1)}
    net = code.LSTM(K, m)
    vars(net).update(p)
    x = [row[:, None] for row in draw.one_hot(size.T)]
    y = [row[:, None] for row in draw.one_hot(size.T)]
    h0, C0 = draw.state(m, 1), draw.state(m, 1)

    def loss() -> float:
        net.forward(x, h0, C0)
        return net.loss(y)

    def run() -> Answers:
        value = loss()
        forward = {"loss": value, "h": net.h[-1].copy(), "C": net.C[-1].copy()}
        return Answers(net.backward(y), forward)

    return Case(p, loss, run, {"inputs": x, "targets": y, "h_prev": h0, "C_prev": C0})


@case
def gru_notes(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    K, m = size.K, size.m
    names = "Uz Wz bz Ur Wr br Uh Wh bh V c"
    theta = [
        draw(m, K),
        draw(m, m),
        draw(m),
        draw(m, K),
        draw(m, m),
        draw(m),
        draw(m, K),
        draw(m, m),
        draw(m),
    ]
    theta += [draw(K, m), draw(K)]
    x, y, s0 = draw.tokens(size.T).tolist(), draw.tokens(size.T).tolist(), draw.state(m)

    def run() -> Answers:
        loss, memo = code.gru_loss(theta, x, y, s0)
        last = memo[-1][6].copy()
        return Answers(named(names, code.gru_bptt(theta, memo)), {"loss": loss, "s": last})

    given = {"xs": x, "ys": y, "s0": s0}
    return Case(named(names, theta), lambda: code.gru_loss(theta, x, y, s0)[0], run, given)


@case
def gru_keras(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    m, D = size.m, 4
    p = {"kernel": draw(D, 3 * m), "recurrent_kernel": draw(m, 3 * m), "bias": draw(2, 3 * m)}
    inputs = {"x": draw(size.B, size.T, D), "h0": draw.state(size.B, m)}
    layer = code.GRULayer(*p.values())
    up = draw(size.B, size.T, m)

    def run() -> Answers:
        out = layer.forward(inputs["x"], inputs["h0"])
        kept = {"out": out.copy()}
        dx = layer.backward(up)
        return Answers(
            {**{name: getattr(layer, "d" + name) for name in p}, "x": dx, "h0": layer.dh0}, kept
        )

    return Case(p | inputs, lambda: np.sum(layer.forward(**inputs) * up), run, {"dout": up})


@case
def gru_cho(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    m, D, outputs = size.m, 4, 2
    p = {}
    for gate in ["z", "r", ""]:
        p |= {"W" + gate: draw(m, D), "U" + gate: draw(m, m), "b" + gate: draw(m, 1)}
    p |= {"Wout": draw(outputs, m), "bout": draw(outputs, 1)}
    X, Y = draw(size.T, D, size.B), draw(size.T, outputs, size.B)

    def run() -> Answers:
        loss, state = code.fprop(p, X, Y)
        kept = {"loss": loss, "h": state[0].copy()}
        return Answers(code.bprop(p, X, state), kept)

    return Case(p, lambda: code.fprop(p, X, Y)[0], run, {"X": X, "Y": Y})


@case
def gru_v3(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    K, m, D = size.K, size.m, 4
    p = {"W_ih": draw(3 * m, D), "W_hh": draw(3 * m, m), "b_ih": draw(3 * m), "b_hh": draw(3 * m)}
    p |= {"W_o": draw(K, m), "b_o": draw(K)}
    x, y, h0 = draw(size.B, size.T, D), draw.tokens(size.B, size.T), draw.state(size.B, m)

    def run() -> Answers:
        loss, grads = code.loss_and_grad(p, x, y, h0)
        return Answers(grads, {"loss": loss})

    return Case(p, lambda: code.loss_and_grad(p, x, y, h0)[0], run, {"x": x, "y": y, "h0": h0})


@case
def hw2_ops(code: Any, size: Size, seed: int) -> Case:
    """Every operation with a random upstream gradient; the loss is the sum of all."""
    draw = Draw(size, seed)
    N, D, K = size.B * size.T, size.m, size.K
    p = {"x": draw(N, D), "w": draw(D, K), "b": draw(K), "tanh x": draw(N, D), "sigmoid x": draw(N, D)}
    p |= {"logits": draw(N, K), "softmax x": draw(N, K), "table": draw(K, D)}
    labels, idx = draw.tokens(N), draw.tokens(size.B, size.T)
    ups = {"affine": draw(N, K), "tanh": draw(N, D), "sigmoid": draw(N, D), "softmax": draw(N, K)}
    ups["embedding"] = draw(size.B, size.T, D)

    def forward() -> dict[str, tuple[Any, Any]]:
        return {
            "affine": code.affine_forward(p["x"], p["w"], p["b"]),
            "tanh": code.tanh_forward(p["tanh x"]),
            "sigmoid": code.sigmoid_forward(p["sigmoid x"]),
            "softmax": code.softmax_forward(p["softmax x"]),
            "embedding": code.embedding_forward(idx, p["table"]),
            "softmax_cross_entropy": code.softmax_cross_entropy_forward(p["logits"], labels),
        }

    def loss() -> float:
        done = forward()
        return sum(np.sum(done[op][0] * up) for op, up in ups.items()) + done["softmax_cross_entropy"][0]

    def run() -> Answers:
        done = forward()
        kept = {op: np.copy(value) for op, (value, _) in done.items()}
        found = named("x w b", code.affine_backward(ups["affine"], done["affine"][1]))
        for op in ["tanh", "sigmoid", "softmax"]:
            found[op + " x"] = getattr(code, op + "_backward")(ups[op], done[op][1])
        found["table"] = code.embedding_backward(ups["embedding"], done["embedding"][1])
        found["logits"] = code.softmax_cross_entropy_backward(done["softmax_cross_entropy"][1])
        return Answers(found, kept)

    return Case(
        p, loss, run, {"labels": labels, "idx": idx, **{"dout of " + op: up for op, up in ups.items()}}
    )


@case
def train_step(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    K, m = size.K, size.m
    p = {"U": draw(m, K), "W": draw(m, m), "V": draw(K, m), "b": draw(m), "c": draw(K)}
    memory = {name: draw(*value.shape) ** 2 for name, value in p.items()}
    x, y, h = draw.tokens(size.T), draw.tokens(size.T), draw.state(m)

    def run() -> Answers:
        loss, hs, ps = code.forward(p, x, y, h)
        found = {name: np.copy(g) for name, g in code.backward(p, x, y, hs, ps).items()}
        copies = {name: value.copy() for name, value in p.items()}
        kept = {name: value.copy() for name, value in memory.items()}
        value, clipped, last = code.train_step(copies, kept, x, y, h, 0.1, 1.5)
        after = {"loss": value, "state": np.copy(last)}
        for name in p:
            after |= {"clipped " + name: clipped[name], "updated " + name: copies[name]}
            after["memory " + name] = kept[name]
        return Answers(found, {"loss": loss, "h": hs[-1]}, after)

    return Case(p, lambda: code.forward(p, x, y, h)[0], run, {"x": x, "y": y, "h": h})


@case
def time_rnn(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    m, D = size.m, 4
    p = {"Wx": draw(D, m), "Wh": draw(m, m), "b": draw(m)}
    inputs = {"xs": draw(size.B, size.T, D), "h": draw.state(size.B, m)}
    net = code.TimeRNN(*p.values(), stateful=True)
    up = draw(size.B, size.T, m)

    def forward() -> Any:
        net.set_state(inputs["h"])
        return net.forward(inputs["xs"])

    def run() -> Answers:
        hs = forward().copy()
        dxs = net.backward(up)
        found = named("Wx Wh b", [g.copy() for g in net.grads]) | {"xs": dxs, "h": net.dh}
        return Answers(found, {"hs": hs}, {"state": np.copy(net.h)})

    return Case(p | inputs, lambda: np.sum(forward() * up), run, {"dhs": up})


@case
def rnn_f32(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed, code.DTYPE)
    K, m = size.K, size.m
    names = "Wx Wh bh Wy by"
    params = [draw(K, m), draw(m, m), draw(m), draw(m, K), draw(K)]
    x, y, h = draw.tokens(size.T, size.B), draw.tokens(size.T, size.B), draw.state(size.B, m)

    def run() -> Answers:
        loss, cache = code.forward(params, x, y, h)
        kept = {"loss": loss, "hs": cache[2].copy(), "probs": cache[3].copy()}
        return Answers(named(names, code.backward(params, cache)), kept)

    given = {"x": x, "y": y, "h": h}
    return Case(named(names, params), lambda: code.forward(params, x, y, h)[0], run, given)


@case
def rnn_numpy_class(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    net = code.RNNNumpy(size.K, size.m)
    p = {"U": draw(size.m, size.K), "V": draw(size.K, size.m), "W": draw(size.m, size.m)}
    vars(net).update(p)
    x, y = draw.tokens(size.T).tolist(), draw.tokens(size.T).tolist()

    def run() -> Answers:
        o, s = net.forward_propagation(x)
        loss = net.calculate_total_loss(x, y)
        return Answers(named("U V W", net.bptt(x, y)), {"loss": loss, "o": o, "s": s})

    return Case(p, lambda: net.calculate_total_loss(x, y), run, {"x": x, "y": y})


@case
def rnn_weather(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    m, D, outputs = size.m, 4, 2
    names = "i_weight h_weight h_bias o_weight o_bias"
    layer = [draw(D, m), draw(m, m), draw(1, m), draw(m, outputs), draw(1, outputs)]
    x, actual = draw(size.T, D), draw(size.T, outputs)

    def run() -> Answers:
        hiddens, outputs = code.forward(x, layer)
        kept = {"hiddens": hiddens.copy(), "outputs": outputs.copy(), "mse": code.mse(actual, outputs)}
        grad = code.mse_grad(actual, outputs)
        return Answers(named(names, code.backward(x, layer, grad, hiddens)), kept)

    given = {"x": x, "actual": actual}
    return Case(named(names, layer), lambda: code.mse(actual, code.forward(x, layer)[1]), run, given)


@case
def layers_from_scratch(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    N, D, K = size.B * size.T, size.m, size.K
    p = {"x": draw(N, D), "W": draw(D, K), "b": draw(K), "sigmoid x": draw(N, D), "relu x": draw(N, D)}
    p["scores"] = draw(N, K)
    t = draw.one_hot(N)
    ups = {"affine": draw(N, K), "sigmoid": draw(N, D), "relu": draw(N, D)}

    def forward() -> tuple[dict[str, Any], dict[str, Any]]:
        layers = {"affine": code.Affine(p["W"], p["b"]), "sigmoid": code.Sigmoid()}
        layers |= {"relu": code.Relu(), "loss": code.SoftmaxWithLoss()}
        done = {"affine": layers["affine"].forward(p["x"])}
        done |= {op: layers[op].forward(p[op + " x"]) for op in ("sigmoid", "relu")}
        return layers, done | {"loss": layers["loss"].forward(p["scores"], t)}

    def loss() -> float:
        done = forward()[1]
        return sum(np.sum(done[op] * up) for op, up in ups.items()) + done["loss"]

    def run() -> Answers:
        layers, done = forward()
        kept = {op: np.copy(value) for op, value in done.items()}
        found = {"x": layers["affine"].backward(ups["affine"])}
        found |= {"W": layers["affine"].dW, "b": layers["affine"].db}
        found |= {op + " x": layers[op].backward(ups[op]) for op in ("sigmoid", "relu")}
        return Answers(found | {"scores": layers["loss"].backward()}, kept)

    return Case(p, loss, run, {"t": t, **{"dout of " + op: up for op, up in ups.items()}})


@case
def tape_functions(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    N, D, K = size.B * size.T, size.m, size.K
    inputs = {
        "Mul": {"Mul a": draw(N, D), "Mul b": draw(N, D)},
        "Add": {"Add a": draw(N, D), "Add b": draw(N, D)},
        "Tanh": {"Tanh a": draw(N, D)},
        "Linear": {"input": draw(N, D), "weight": draw(K, D), "bias": draw(K)},
        "Softmax": {"Softmax a": draw(N, K)},
    }
    ups = {op: draw(N, K if op in ("Linear", "Softmax") else D) for op in inputs}

    def forward() -> dict[str, tuple[Any, Any]]:
        done = {}
        for op, arrays in inputs.items():
            ctx = code.Context()
            done[op] = getattr(code, op).forward(ctx, *arrays.values()), ctx
        return done

    def run() -> Answers:
        found, kept = {}, {}
        for op, (value, ctx) in forward().items():
            kept[op] = np.copy(value)
            d = getattr(code, op).backward(ctx, ups[op])
            found |= dict(zip(inputs[op], d if isinstance(d, tuple) else (d,), strict=True))
        return Answers(found, kept)

    p = {name: array for arrays in inputs.values() for name, array in arrays.items()}
    return Case(p, lambda: sum(np.sum(v * ups[op]) for op, (v, _) in forward().items()), run, dict(ups))


@case
def column_layers(code: Any, size: Size, seed: int) -> Case:
    """The loss is that of the mean over the columns, of which linear_backward takes the 1/m."""
    draw = Draw(size, seed)
    N, D, K = size.B * size.T, size.m, size.K
    p = {"W": draw(K, D), "b": draw(K, 1), "sigmoid Z": draw(D, N), "relu Z": draw(D, N)}
    p["AL"] = code.softmax(draw(K, N))
    A, Y = draw(D, N), draw.tokens(N)
    ups = {"linear": draw(K, N), "sigmoid": draw(D, N), "relu": draw(D, N)}

    def forward() -> dict[str, tuple[Any, Any]]:
        done = {"linear": code.linear_forward(A, p["W"], p["b"])}
        return done | {op: getattr(code, op)(p[op + " Z"]) for op in ("sigmoid", "relu")}

    def loss() -> float:
        share = {"linear": N}
        total = sum(np.sum(v * ups[op]) / share.get(op, 1) for op, (v, _) in forward().items())
        return total + code.cross_entropy(p["AL"], Y)

    def run() -> Answers:
        done = forward()
        _, dW, db = code.linear_backward(ups["linear"], done["linear"][1])
        found = {"W": dW, "b": db}
        for op in ("sigmoid", "relu"):
            found[op + " Z"] = getattr(code, op + "_backward")(ups[op], done[op][1])
        found["AL"] = code.cross_entropy_backward(p["AL"], Y)
        kept = {op: np.copy(value) for op, (value, _) in done.items()}
        return Answers(found, kept | {"cross-entropy": code.cross_entropy(p["AL"], Y)})

    return Case(p, loss, run, {"A": A, "Y": Y, **{"d of " + op: up for op, up in ups.items()}})


@case
def derivatives(code: Any, size: Size, seed: int) -> Case:
    """Derivatives of one number each, which whoever uses them multiplies by what arrives."""
    draw = Draw(size, seed)
    D, K = size.m, size.K
    p = {"tanh z": draw(D), "sigmoid z": draw(D), "relu z": draw(D), "scores": draw(K)}
    p |= {"x": draw(D), "W": draw(K, D)}
    target, up, dy = int(draw.tokens(1)[0]), draw(D), draw(K)

    def loss() -> float:
        total = sum(np.sum(up * getattr(code, f)(p[f + " z"])) for f in ("tanh", "sigmoid", "relu"))
        return (
            total
            + code.softmax_loss(p["scores"], target)
            + np.sum(dy * code.outer_linear(p["x"], p["W"]))
        )

    def run() -> Answers:
        found = {"tanh z": up * code.dtanh(code.tanh(p["tanh z"]))}
        for f in ("sigmoid", "relu"):
            found[f + " z"] = up * getattr(code, f + "_prime")(p[f + " z"])
        found["scores"] = code.dsoftmax_loss(p["scores"], target)
        found |= named("x W", code.outer_linear_grad(dy, p["x"], p["W"]))
        kept = {f: getattr(code, f)(p[f + " z"]) for f in ("tanh", "sigmoid", "relu")}
        return Answers(found, kept | {"loss": code.softmax_loss(p["scores"], target)})

    return Case(p, loss, run, {"up": up, "dy": dy})


@case
def char_trainer_adagrad(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    names = "Wxh Whh Why bh by"
    p = columns(draw, names)
    code.vocab_size, code.hidden_size = size.K, size.m
    memory = {name: draw(*value.shape) ** 2 for name, value in p.items()}
    x, y, h = draw.tokens(size.T).tolist(), draw.tokens(size.T).tolist(), draw.state(size.m, 1)

    def run() -> Answers:
        vars(code).update(p)
        loss, *grads, last = code.loss_fun(x, y, h)
        found = {name: np.copy(g) for name, g in named(names, grads).items()}
        copies = {name: np.copy(value) for name, value in p.items()}
        kept = {"m" + name: np.copy(value) for name, value in memory.items()}
        vars(code).update(copies | kept)
        value, state = code.train_step(x, y, h)
        after = {"loss": value, "state": np.copy(state)}
        after |= {"updated " + name: getattr(code, name) for name in p}
        after |= {"memory " + name: getattr(code, name) for name in kept}
        vars(code).update(p)
        return Answers(found, {"loss": loss, "h": last}, after)

    def loss() -> float:
        vars(code).update(p)
        return code.loss_fun(x, y, h)[0]

    return Case(p, loss, run, {"inputs": x, "targets": y, "hprev": h})


@case
def assignment4_training(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    p = columns(draw, "U W V b c")
    memory = {name: draw(*value.shape) ** 2 for name, value in p.items()}
    X, Y, h0 = draw.one_hot(size.T).T, draw.one_hot(size.T).T, draw.state(size.m, 1)

    def run() -> Answers:
        loss, H, P = code.Forward(p, h0, X, Y)
        found = code.Backward(p, X, Y, H, P)
        copies, kept = ({n: np.copy(v) for n, v in one.items()} for one in (p, memory))
        value, state = code.TrainStep(copies, kept, X, Y, h0, 0.1)
        after = {"loss": value, "state": np.copy(state)}
        after |= {"updated " + name: copies[name] for name in p}
        after |= {"memory " + name: kept[name] for name in p}
        clipped = {n: np.copy(g) for n, g in found.items()}
        code.ClipGradients(clipped)
        after |= {"clipped " + name: clipped[name] for name in p}
        return Answers(found, {"loss": loss, "H": H.copy()}, after)

    return Case(p, lambda: code.Forward(p, h0, X, Y)[0], run, {"X": X, "Y": Y, "h0": h0})


@case
def adam_trainer(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    K, m = size.K, size.m
    shapes = {"Wx": (K, m), "Wh": (m, m), "b": (m,), "Wy": (m, K), "by": (K,)}
    p = {name: draw(*shape) for name, shape in shapes.items()}
    x, y, h0 = draw.tokens(size.B, size.T), draw.tokens(size.B, size.T), draw.state(size.B, m)
    first, second = ({n: draw(*s) ** k for n, s in shapes.items()} for k in (1, 2))
    net = code.CharModel(K, m, lr=0.1, max_norm=0.2)

    def run() -> Answers:
        net.params = p
        loss, grads, h = net.loss_and_grads(x, y, h0)
        found = {name: np.copy(g) for name, g in grads.items()}
        net.params, net.m, net.v = (
            {n: np.copy(a) for n, a in one.items()} for one in (p, first, second)
        )
        net.t = 2
        value, state = net.train_step(x, y, h0)
        after = {"loss": value, "state": state}
        after |= {"updated " + name: net.params[name] for name in p}
        after |= {"memory m " + n: a for n, a in net.m.items()}
        after |= {"memory v " + n: a for n, a in net.v.items()}
        return Answers(found, {"loss": loss, "h": h}, after)

    def loss() -> float:
        net.params = p
        return net.loss_and_grads(x, y, h0)[0]

    return Case(p, loss, run, {"x": x, "y": y, "h0": h0})


@case
def functional_momentum(code: Any, size: Size, seed: int) -> Case:
    draw = Draw(size, seed)
    K, m = size.K, size.m
    names = "U W V b c"
    p = named(names, [draw(m, K), draw(m, m), draw(K, m), draw(m), draw(K)])
    params, velocity = list(p.values()), [draw(*value.shape) for value in p.values()]
    x, y, h0 = draw.tokens(size.T), draw.tokens(size.T), draw.state(m)

    def run() -> Answers:
        loss, grads, h = code.loss_and_grad(params, x, y, h0)
        found = {n: np.copy(g) for n, g in named(names, grads).items()}
        value, new, kept, state = code.step(
            [w.copy() for w in params], [v.copy() for v in velocity], x, y, h0
        )
        after = {"loss": value, "state": state}
        after |= {"updated " + n: w for n, w in named(names, new).items()}
        after |= {"memory " + n: v for n, v in named(names, kept).items()}
        return Answers(found, {"loss": loss, "h": h}, after)

    return Case(p, lambda: code.loss_and_grad(params, x, y, h0)[0], run, {"xs": x, "ys": y, "h0": h0})


def central_difference(problem: Case, name: str, step: float = 1e-5) -> np.ndarray:
    """dL/d(name) of the program's own loss."""
    array = problem.parameters[name]
    found = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        before = array[index]
        array[index] = before + step
        above = problem.loss()
        array[index] = before - step
        below = problem.loss()
        array[index] = before
        found[index] = (above - below) / (2 * step)
    return found


def differs(right: Any, given: Any, tolerance: float) -> bool:
    """Whether the numbers differ beyond rounding; shapes are compared apart from them."""
    right, given = np.asarray(right), np.asarray(given)
    if right.size != given.size or given.dtype == object:
        return True
    worst = np.abs(right.ravel() - given.ravel()).max()
    return not worst <= tolerance * (np.abs(right).max() + 1e-3)


@dataclass(frozen=True)
class Found:
    """What a mistake does, computed by running the program beside the right one."""

    wrong: list[str]  # parameters whose gradient has other numbers
    shape: list[str]  # ... or the right numbers in another shape
    after: list[str]  # of what a training step leaves behind: clipped, updated, memory, state, loss
    forward: bool  # whether the loss or a state is another one
    hidden_at: list[str]  # sizes at which nothing shows that shows at the usual one
    shown_by: str  # "usual", else what it takes: "large", "a second call", "nothing"


@cache
def right_answers(name: str, label: str, seed: int) -> Answers:
    return CASES[name](executed(compiled(source(name), name)), SIZES[label], seed).run()


def tolerance(name: str) -> float:
    return 1e-4 if name == "rnn_f32" else 1e-9


def consequences(name: str, program: types.CodeType, sizes: Iterable[str] = ()) -> Found:
    """What a program with a mistake gives beside the right one, at usual numbers and at these sizes."""
    module = executed(program)

    @cache
    def at(label: str, calls: int = 1) -> tuple[list[str], list[str], list[str], bool]:
        wrong: dict[str, None] = {}
        shape: dict[str, None] = {}
        after: dict[str, None] = {}
        forward = False
        for seed in (0, 1):
            right = right_answers(name, label, seed)
            problem = CASES[name](module, SIZES[label], seed)
            for _ in range(calls):
                given = problem.run()
            for key, value in right.gradients.items():
                if differs(value, given.gradients[key], tolerance(name)):
                    wrong[key] = None
                elif np.shape(value) != np.shape(given.gradients[key]):
                    shape[key] = None
            for key, value in right.after.items():
                if differs(value, given.after[key], tolerance(name)):
                    after[key.split()[0]] = None
            for key, value in right.forward.items():
                forward = forward or differs(value, given.forward[key], tolerance(name))
        return list(wrong), list(shape), list(after), forward

    with np.errstate(all="ignore"):
        ways = {"usual": ("usual", 1), "large": ("large", 1), "a second call": ("usual", 2)}
        shown_by = next((way for way, how in ways.items() if any(at(*how))), "nothing")
        wrong, shape, after, forward = at(*ways.get(shown_by, ("usual", 1)))
        hidden = [label for label in sizes if shown_by == "usual" and not any(at(label))]
    return Found(wrong, shape, after, forward, hidden, shown_by)


def own_gradient(name: str, program: types.CodeType, seed: int = 0) -> bool:
    """Whether the gradients are those of the loss that the program itself computes."""
    problem = CASES[name](executed(program), SIZES["usual"], seed)
    given = problem.run().gradients
    single = name == "rnn_f32"
    return not any(
        differs(
            central_difference(problem, key, 1e-2 if single else 1e-5),
            given[key],
            1e-2 if single else 1e-6,
        )
        for key in problem.parameters
    )
