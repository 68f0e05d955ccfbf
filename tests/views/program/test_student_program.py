"""The program that a student would write is run: its loss and every gradient are those of the trace."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teachrnn import (
    CELLS,
    OPS,
    Add,
    Affine,
    Cell,
    CharRNN,
    Dropout,
    Linear,
    Multiply,
    Op,
    Relu,
    Slice,
    Sum,
    Tanh,
    Trace,
    backpropagate,
)
from teachrnn.cells.cell import pre_activation
from teachrnn.formulas.code_line import code, source
from teachrnn.testing.profiles import ON_ANY_MACHINE
from teachrnn.testing.strategies import networks
from teachrnn.views.program import student_program
from teachrnn.views.story import tell


def recorded(cell="vanilla", layers=1, T=4, B=None, fused=True, m=3, K=4, dense=False):
    rng = np.random.default_rng(0)
    inputs = 2 if dense else None
    model = CharRNN(hidden=m, symbols=K, scale=0.5, cell=cell, layers=layers, inputs=inputs, rng=rng)
    for p in model.parameters.values():
        p += 0.1 * rng.normal(size=p.shape)
    leading = () if B is None else (B,)
    x = rng.normal(size=(T, *leading, 2)) if dense else rng.integers(0, K, (T, *leading))
    state = {name: rng.normal(size=(*leading, m)) for name in model.state_names()}
    return model.record(x, rng.integers(0, K, (T, *leading)), state=state, fused=fused)


def run(program):
    """The program, with the gradients of every time step as they are at its end."""
    script = program.script().rstrip("\n").split("\n")
    if program.loop and program.backward:
        after = len(program.lines) - next(iter(program.backward.values())).around.stop
        script.insert(len(script) - after, "    seen[t] = dict(globals())")
    space = {"seen": {}}
    exec("\n".join(script), space)
    return space


def assert_agrees(trace, program=None):
    program = program or student_program(trace)
    space = run(program)
    backpropagate(trace)
    np.testing.assert_allclose(space["loss"], trace.total_loss, rtol=1e-9)
    found = {name: eval(where, space) for name, where in program.gradients.items()}
    if program.loop:
        for t, names in space["seen"].items():
            for name, where in program.local.items():
                layer, _, letter = name.rpartition(".")
                found[f"{layer}{layer and '.'}{letter}[{t}]"] = eval(where, names)
    for value in trace.values:
        if value.grad is not None and value.role != "constant":
            d = np.broadcast_to(found[value.name], value.shape)
            np.testing.assert_allclose(d, value.grad, rtol=1e-9, atol=1e-11, err_msg=f"d{value.name}")
    return program


@pytest.mark.parametrize("cell", sorted(CELLS))
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("T", [1, 2, 5])
@pytest.mark.parametrize("fused", [True, False])
def test_program_gives_the_loss_and_every_gradient_of_the_trace(cell, layers, T, fused):
    program = assert_agrees(recorded(cell, layers, T, fused=fused))
    assert program.loop


@pytest.mark.parametrize("cell", sorted(CELLS))
@settings(**ON_ANY_MACHINE)
@given(data=st.data())
def test_program_of_any_network_gives_its_gradients(cell, data):
    drawn = data.draw(networks(CELLS[cell], batched=False))
    assert_agrees(drawn.record(fused=data.draw(st.booleans())))


def test_one_sequence_in_a_batch_is_one_sequence():
    for dense in (False, True):
        assert_agrees(recorded("lstm", B=1, dense=dense))


def test_several_sequences_have_no_program():
    assert student_program(recorded(B=2)) is None


def test_vanilla_program_is_what_a_student_writes():
    text = student_program(recorded()).text()
    assert (
        "\n".join(
            [
                "for t in range(1, T + 1):",
                "    a = W @ h[t-1] + b + U[:, x[t]]",
                "    h[t] = np.tanh(a)",
                "    o = V @ h[t] + c",
                "    p[t] = softmax(o)",
                "    loss -= np.log(p[t][y[t]])",
            ]
        )
        in text
    )
    assert (
        "\n".join(
            [
                "for t in range(T, 0, -1):",
                "    do = p[t].copy()",
                "    do[y[t]] -= 1",
                "    dV += np.outer(do, h[t])",
                "    dc += do",
                "    dh = V.T @ do + dh_next",
                "    da = dh * (1 - h[t]**2)",
                "    dU[:, x[t]] += da",
                "    dW += np.outer(da, h[t-1])",
                "    db += da",
                "    dh_next = W.T @ da",
            ]
        )
        in text
    )


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_every_line_of_a_pass_is_needed(cell):
    trace = recorded(cell, 1, 3)
    program = student_program(trace)
    whole = program.lines
    steps = [*next(iter(program.forward.values())).around, *next(iter(program.backward.values())).around]
    for line in steps:
        program.lines = [*whole[:line], code("    pass"), *whole[line + 1 :]]
        with pytest.raises((AssertionError, NameError, KeyError)):
            assert_agrees(trace, program)


class SkippingCell(Cell, register=False):
    """A cell of a student's own: the state is looked at twice, and its square is added."""

    name = "skipping"

    @classmethod
    def step(cls, p, x, state):
        h = state["h"]
        a = pre_activation(p, x, h)
        half = Multiply(Slice(Add(a, a, name="twice"), 0, 3, name="part"), h, name="half")
        own = Relu(Add(half, Multiply(h, h, name="square"), name="sum"), name="n")
        return {"h": Tanh(Add(own, h, name="m"), name="h")}


def test_program_of_a_cell_of_ones_own():
    assert assert_agrees(recorded(SkippingCell)).loop
    assert assert_agrees(recorded(SkippingCell, layers=2, T=3)).loop


def test_time_steps_that_differ_are_written_out():
    trace = Trace()
    W = trace.parameter("W", [[0.5, -0.3], [0.2, 0.7]])
    b = trace.parameter("b", [0.1, -0.2])
    with trace.at(0):
        h = trace.input("h", [0.3, -0.4])
    for t in (1, 2, 3):
        with trace.at(t):
            h = Tanh(Affine(h, W, b, name="a"), name="h")
            if t == 2:
                h = Dropout(h, trace.input("mask", [1.0, 0.0]), 0.5, name="thin")
    trace.loss(Sum(h, name="L"))
    trace.loss(h)
    program = assert_agrees(trace)
    assert not program.loop
    assert "thin[2] = h[2] * mask[2] / 0.5" in program.text()


def test_state_of_two_steps_before_is_written_out():
    trace = Trace()
    W = trace.parameter("W", [[0.5, -0.3], [0.2, 0.7]])
    h = {}
    for t in (-1, 0):
        with trace.at(t):
            h[t] = trace.input("h", [0.3 + t, -0.4])
    for t in (1, 2, 3):
        with trace.at(t):
            h[t] = Tanh(Add(Linear(h[t - 1], W, name="r"), h[t - 2], name="a"), name="h")
            trace.loss(Sum(h[t], name="L"))
    assert not assert_agrees(trace).loop


def test_record_without_time_is_a_program_without_a_loop():
    trace = Trace()
    W, x = trace.parameter("W", [[0.5, -1.0], [0.25, 2.0]]), trace.input("x", [1.0, 2.0])
    trace.loss(Sum(Tanh(Linear(x, W, name="a"), name="y"), name="L"))
    program = assert_agrees(trace)
    assert "a = W @ x" in program.text()


class Twice(Op, register=False):
    r"""Twice a number.

    Gradients
    ---------
    $dx = 2\, dy$
    """

    signature = "()->()"
    formula = staticmethod(lambda sp, x: 2 * x)
    forward = staticmethod(lambda x: 2 * x)
    dx = staticmethod(lambda dy, x, y: 2 * dy)


def test_loss_that_is_used_again_and_counted_twice():
    trace = Trace()
    x = trace.input("x", [1.0, 2.0])
    L = trace.loss(Sum(Multiply(x, x, name="square"), name="L"))
    trace.loss(L)
    trace.loss(Twice(L, name="M"))
    assert_agrees(trace)


def test_forward_half_alone_where_there_is_no_loss():
    model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    trace = model.record([0, 1, 2])
    program = student_program(trace)
    exec(program.script(), space := {})
    np.testing.assert_allclose(space["o"][3], trace["o[3]"].data)
    assert "Back" not in program.text()


class Cubed(Op, register=False):
    """An operation of a student's own, whose gradient is stated in code only."""

    signature = "(n)->(n)"
    formula = staticmethod(lambda sp, x: x**3)
    forward = staticmethod(lambda x: x**3)
    dx = staticmethod(lambda dy, x, y: 3 * dy * x * x)


def test_operation_without_a_stated_gradient_calls_its_method():
    trace = Trace()
    trace.loss(Cubed(trace.input("x", [1.0, 2.0]), name="y"))
    program = assert_agrees(trace)
    assert "dx = Cubed.dx(dy, x, y)" in program.text()


@pytest.mark.parametrize(
    "name", ["lambda", "np", "t", "x y", "<script>", "h2", "2", "ärm", "loss", "dx"]
)
def test_any_name_becomes_an_identifier_of_its_own(name):
    trace = Trace()
    x = trace.input("x", [1.0, -2.0])
    with trace.at(scope="layer2."):
        h = Tanh(x, name="h")
    y = Tanh(Multiply(h, x, name="g"), name=name)
    trace.loss(Sum(y, name="L"))
    assert_agrees(trace)


def test_value_of_the_same_name_without_time_is_another():
    trace = Trace()
    h, W = trace.input("h", [0.5, -0.3]), trace.parameter("W", [[0.5, -0.3], [0.2, 0.7]])
    for t in (1, 2):
        with trace.at(t):
            trace.loss(Sum(Tanh(Linear(h, W, name="a"), name="h"), name="L"))
    assert_agrees(trace)


def test_many_numbers_are_left_to_the_reader():
    program = student_program(recorded(m=60, T=2))
    script = program.script()
    assert "W = np.zeros((60, 60))" in script
    assert "too many to write here" in script
    exec(script, space := {})
    assert space["dW"].shape == (60, 60)


# Which lines a step marks ---------------------------------------------------------------------------


def marked(trace, title):
    step = next(step for step in tell(trace) if step.title.startswith(title))
    lines = step.lines
    found = []
    for mark in lines.marks:
        line = lines.program.lines[mark.line]
        found.append(source(line if mark.first is None else line[mark.first : mark.last + 1]).strip())
        assert mark.line in lines.around
    return found, lines.note


@pytest.mark.parametrize(
    ("title", "lines", "note"),
    [
        ("r[2] =", ["W @ h[t-1] + b"], ""),
        ("u[2] =", ["U[:, x[t]]"], ""),
        ("a[2] =", ["a = W @ h[t-1] + b + U[:, x[t]]"], ""),
        ("L[2] =", ["p[t] = softmax(o)", "loss -= np.log(p[t][y[t]])"], ""),
        ("back through L[2]", ["do = p[t].copy()", "do[y[t]] -= 1"], ""),
        (
            "back through o[2]",
            ["dV += np.outer(do, h[t])", "dc += do", "dh = V.T @ do + dh_next"],
            "",
        ),
        ("back through h[2]", ["da = dh * (1 - h[t]**2)"], ""),
        ("back through a[2]", ["da = dh * (1 - h[t]**2)"], "dr = du = da"),
        ("back through u[2]", ["dU[:, x[t]] += da"], ""),
        (
            "back through r[2]",
            ["dW += np.outer(da, h[t-1])", "db += da", "dh_next = W.T @ da"],
            "",
        ),
    ],
)
def test_step_marks_the_lines_that_do_it(title, lines, note):
    found, said = marked(recorded(), title)
    assert (sorted(found), said) == (sorted(lines), note)


@pytest.mark.parametrize("cell", sorted(CELLS))
@pytest.mark.parametrize("layers", [1, 2])
def test_every_step_of_every_cell_has_lines(cell, layers):
    for step in tell(recorded(cell, layers)):
        assert step.lines.marks or step.lines.note, step.title
    assert all(op in OPS for op in {s.op for s in tell(recorded(cell))} if op)


def test_dense_input_is_multiplied_and_has_a_gradient():
    text = student_program(recorded(dense=True)).text()
    assert "a = W @ h[t-1] + b + U @ x[t]" in text
    assert "dx[t] = U.T @ da" in text
