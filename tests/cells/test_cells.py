"""Every cell against its equations, written out by hand in NumPy; and what the model refuses.

The transcriptions below share no code with the library: none of its operations, formulas or loops.
"""

from __future__ import annotations

import numpy as np
import pytest
from refusal import refusal

from teachrnn import CELLS, Cell, CharRNN, GRUCell, LSTMCell, ResetAfterGRUCell, Trace, VanillaCell
from teachrnn.cells.cell import input_product, pre_activation
from teachrnn.errors import DomainError, NameLookupError, ShapeError


def sigma(x):
    return 1 / (1 + np.exp(-x))


def mul(W, x):
    """W x at every position; vectors are along the last axis."""
    return np.einsum("ij,...j->...i", W, x)


def ux(U, x):
    """U x, or the columns of U selected by the tokens x."""
    return np.moveaxis(U[:, x], 0, -1) if x.dtype.kind == "i" else mul(U, x)


def gate(p, g, h, x):
    """The three values before a gate: r, u, a."""
    r = mul(p[f"W_{g}"], h) + p[f"b_{g}"]
    u = ux(p[f"U_{g}"], x)
    return {f"r_{g}": r, f"u_{g}": u, f"a_{g}": r + u}


def vanilla(p, x, state):
    r = mul(p["W"], state["h"]) + p["b"]
    u = ux(p["U"], x)
    return {"r": r, "u": u, "a": r + u, "h": np.tanh(r + u)}


def lstm(p, x, state):
    h = state["h"]
    v = gate(p, "f", h, x) | gate(p, "i", h, x) | gate(p, "g", h, x) | gate(p, "q", h, x)
    v |= {"f": sigma(v["a_f"]), "i": sigma(v["a_i"]), "g": np.tanh(v["a_g"]), "q": sigma(v["a_q"])}
    v |= {"kept": v["f"] * state["s"], "written": v["i"] * v["g"]}
    v |= {"s": v["kept"] + v["written"]}
    v |= {"squash": np.tanh(v["s"])}
    return v | {"h": v["q"] * v["squash"]}


def gru(p, x, state):
    h = state["h"]
    v = gate(p, "rho", h, x) | gate(p, "z", h, x)
    v |= {"rho": sigma(v["a_rho"]), "z": sigma(v["a_z"])}
    v |= {"reset": v["rho"] * h}
    v |= gate(p, "n", v["reset"], x)
    v |= {"n": np.tanh(v["a_n"])}
    return v | {"h": (1 - v["z"]) * v["n"] + v["z"] * h}


def gru_reset_after(p, x, state):
    h = state["h"]
    v = gate(p, "rho", h, x) | gate(p, "z", h, x)
    v |= {"rho": sigma(v["a_rho"]), "z": sigma(v["a_z"])}
    v |= {"r_n": mul(p["W_n"], h) + p["b_n"], "ux_n": ux(p["U_n"], x)}
    v |= {"reset": v["rho"] * v["r_n"], "u_n": v["ux_n"] + p["c_n"]}
    v |= {"a_n": v["reset"] + v["u_n"]}
    v |= {"n": np.tanh(v["a_n"])}
    return v | {"h": (1 - v["z"]) * v["n"] + v["z"] * h}


EQUATIONS = {"vanilla": vanilla, "lstm": lstm, "gru": gru, "gru-reset-after": gru_reset_after}

ORDER = {
    "vanilla": "r u a h",
    "lstm": "r_f u_f a_f f r_i u_i a_i i r_g u_g a_g g kept written s r_q u_q a_q q squash h",
    "gru": "r_rho u_rho a_rho rho r_z u_z a_z z reset r_n u_n a_n n h",
    "gru-reset-after": "r_rho u_rho a_rho rho r_z u_z a_z z r_n reset ux_n u_n a_n n h",
}

MADE_BY = {
    "vanilla": """
        r = Affine(h', W, b)      u = Embedding(x, U)       a = Add(r, u)      h = Tanh(a)""",
    "lstm": """
        r_f = Affine(h', W_f, b_f)  u_f = Embedding(x, U_f)  a_f = Add(r_f, u_f)  f = Sigmoid(a_f)
        r_i = Affine(h', W_i, b_i)  u_i = Embedding(x, U_i)  a_i = Add(r_i, u_i)  i = Sigmoid(a_i)
        r_g = Affine(h', W_g, b_g)  u_g = Embedding(x, U_g)  a_g = Add(r_g, u_g)  g = Tanh(a_g)
        kept = Multiply(f, s')      written = Multiply(i, g)  s = Add(kept, written)
        r_q = Affine(h', W_q, b_q)  u_q = Embedding(x, U_q)  a_q = Add(r_q, u_q)  q = Sigmoid(a_q)
        squash = Tanh(s)            h = Multiply(q, squash)""",
    "gru": """
        r_rho = Affine(h', W_rho, b_rho)  u_rho = Embedding(x, U_rho)  a_rho = Add(r_rho, u_rho)
        rho = Sigmoid(a_rho)
        r_z = Affine(h', W_z, b_z)  u_z = Embedding(x, U_z)  a_z = Add(r_z, u_z)  z = Sigmoid(a_z)
        reset = Multiply(rho, h')
        r_n = Affine(reset, W_n, b_n)  u_n = Embedding(x, U_n)  a_n = Add(r_n, u_n)  n = Tanh(a_n)
        h = Interpolate(z, n, h')""",
    "gru-reset-after": """
        r_rho = Affine(h', W_rho, b_rho)  u_rho = Embedding(x, U_rho)  a_rho = Add(r_rho, u_rho)
        rho = Sigmoid(a_rho)
        r_z = Affine(h', W_z, b_z)  u_z = Embedding(x, U_z)  a_z = Add(r_z, u_z)  z = Sigmoid(a_z)
        r_n = Affine(h', W_n, b_n)  reset = Multiply(rho, r_n)
        ux_n = Embedding(x, U_n)  u_n = Add(ux_n, c_n)  a_n = Add(reset, u_n)  n = Tanh(a_n)
        h = Interpolate(z, n, h')""",
}

KINDS = {
    "tokens": lambda rng: rng.integers(0, 4, 3),
    "batch of tokens": lambda rng: rng.integers(0, 4, (3, 2)),
    "vectors": lambda rng: rng.normal(size=(3, 4)),
    "batch of vectors": lambda rng: rng.normal(size=(3, 2, 4)),
}


def a_model(cell="vanilla", *, layers=1, seed=0, hidden=3, symbols=4, inputs=None):
    """A model without zeros among its parameters, so that leaving one out shows."""
    rng = np.random.default_rng(seed)
    model = CharRNN(hidden=hidden, symbols=symbols, cell=cell, layers=layers, inputs=inputs, rng=rng)
    model.set_parameters(**{name: rng.normal(0, 0.8, p.shape) for name, p in model.parameters.items()})
    return model


def a_state(model, leading=(), seed=1):
    rng = np.random.default_rng(seed)
    return {name: rng.normal(0, 0.5, (*leading, model.hidden)) for name in model.state_names()}


every_cell = pytest.mark.parametrize("cell", EQUATIONS)


# The equations -----------------------------------------------------------------------------------


def test_every_cell_of_the_library_is_transcribed_here():
    ours = {name for name, cell in CELLS.items() if cell.__module__.startswith("teachrnn.cells.")}
    assert ours == set(EQUATIONS)


@every_cell
@pytest.mark.parametrize("kind", KINDS)
def test_every_recorded_value_is_that_of_the_equation_by_hand(cell, kind):
    model = a_model(cell)
    x = KINDS[kind](np.random.default_rng(2))
    leading = x.shape[1:] if x.dtype.kind == "i" else x.shape[1:-1]
    state = a_state(model, leading)
    trace = model.record(x, state=state)
    values = dict(state)
    for t in (1, 2, 3):
        values = EQUATIONS[cell](model.parameters, x[t - 1], values)
        for name, expected in values.items():
            np.testing.assert_allclose(
                trace[f"{name}[{t}]"].data, expected, rtol=1e-13, atol=1e-15, err_msg=f"{name}[{t}]"
            )
        o = mul(model.parameters["V"], values["h"]) + model.parameters["c"]
        np.testing.assert_allclose(trace[f"o[{t}]"].data, o, rtol=1e-13, atol=1e-14)


@every_cell
def test_values_are_recorded_in_the_order_of_the_equations_and_nothing_else_is(cell):
    model = a_model(cell)
    trace = model.record([0, 1], [1, 2])
    steps = [f"{n}[{t}]" for t in (1, 2) for n in ["x", *ORDER[cell].split(), "o", "y", "L"]]
    start = [f"{n}[0]" for n in model.cell.state]
    assert [v.name for v in trace] == [*model.parameters, *start, *steps]
    assert {v.name for v in trace if v.t is None} == set(model.parameters)


@every_cell
def test_every_value_is_made_by_one_operation_from_these_values(cell):
    trace = a_model(cell).record([0, 1])
    t = 2
    made = []
    for op in trace.ops:
        if op.t != t or op.name == "o[2]":
            continue
        names = [v.name.replace(f"[{t}]", "").replace(f"[{t - 1}]", "'") for v in op.operands]
        made.append(f"{op.name.removesuffix('[2]')} = {type(op).__name__}({', '.join(names)})")
    stated = [part for line in MADE_BY[cell].strip().splitlines() for part in line.split("  ") if part]
    assert made == [part.strip() for part in stated]


@every_cell
def test_a_cell_multiplies_vectors_and_looks_up_tokens(cell):
    tokens, vectors = np.array([2, 0]), np.eye(4)[[2, 0]]
    model = a_model(cell)
    by_number, by_vector = model.record(tokens), model.record(vectors)
    kinds = {type(op).__name__ for op in by_number.ops} ^ {type(op).__name__ for op in by_vector.ops}
    assert kinds == {"Embedding", "Linear"}
    for name in (f"{name}[2]" for name in model.state_names()):
        np.testing.assert_allclose(by_vector[name].data, by_number[name].data, rtol=1e-14)


def test_an_unsigned_token_is_a_token():
    trace = Trace()
    U = trace.parameter("U", np.arange(6.0).reshape(2, 3))
    u = input_product(trace.input("x", np.array(2, dtype=np.uint8)), U, name="u")
    assert (type(u).__name__, u.name, u.data.tolist()) == ("Embedding", "u", [2.0, 5.0])
    v = input_product(trace.input("e", [0.0, 0.0, 1.0]), U, name="v")
    assert (type(v).__name__, v.name, v.data.tolist()) == ("Linear", "v", [2.0, 5.0])


def test_a_pre_activation_without_a_gate_has_names_without_suffix():
    trace = Trace()
    p = {name: trace.parameter(name, np.ones(shape)) for name, shape in VanillaCell.shapes(2, 2).items()}
    x, h = trace.input("x", [1.0, 2.0]), trace.input("h", [3.0, 4.0])
    a = pre_activation(p, x, h)
    assert [v.name for v in trace.values[5:]] == ["r", "u", "a"]
    np.testing.assert_array_equal(a.data, [11.0, 11.0])


def test_the_two_gated_recurrent_units_differ_where_the_reset_gate_acts():
    before, after = a_model("gru"), a_model("gru-reset-after")
    after.set_parameters(**before.parameters, c_n=np.zeros(3))
    state = a_state(before)
    one, other = before.record([1], state=state), after.record([1], state=state)
    for same in ("rho[1]", "z[1]"):
        np.testing.assert_array_equal(one[same].data, other[same].data)
    assert np.abs(one["h[1]"].data - other["h[1]"].data).min() > 1e-3


def test_the_two_gated_recurrent_units_agree_where_the_reset_gate_is_open():
    before, after = a_model("gru"), a_model("gru-reset-after")
    before.set_parameters(b_rho=np.full(3, 1000.0))  # rho = 1
    after.set_parameters(**before.parameters, c_n=np.zeros(3))
    state = a_state(before)
    one, other = before.record([1, 2], state=state), after.record([1, 2], state=state)
    np.testing.assert_allclose(one["h[2]"].data, other["h[2]"].data, rtol=1e-14)


def test_a_closed_reset_gate_drops_the_state_in_one_unit_and_the_bias_too_in_the_other():
    before, after = a_model("gru"), a_model("gru-reset-after")
    before.set_parameters(b_rho=np.full(3, -1000.0))  # rho = 0
    after.set_parameters(**before.parameters, c_n=np.full(3, 0.5))
    one, other = (m.record([1], state=a_state(m)) for m in (before, after))
    p = before.parameters
    np.testing.assert_allclose(one["n[1]"].data, np.tanh(p["b_n"] + p["U_n"][:, 1]), rtol=1e-14)
    np.testing.assert_allclose(other["n[1]"].data, np.tanh(p["U_n"][:, 1] + 0.5), rtol=1e-14)


@pytest.mark.parametrize("cell", ["gru", "gru-reset-after"])
def test_a_gated_recurrent_unit_keeps_its_state_where_z_is_one(cell):
    model = a_model(cell)
    state = a_state(model)
    model.set_parameters(b_z=np.full(3, 1000.0))
    np.testing.assert_array_equal(model.record([0, 1, 2], state=state)["h[3]"].data, state["h"])


def test_a_long_short_term_memory_keeps_its_state_where_it_neither_forgets_nor_writes():
    model = a_model("lstm")
    state = a_state(model)
    model.set_parameters(b_f=np.full(3, 1000.0), b_i=np.full(3, -1000.0))
    trace = model.record([0, 1, 2], state=state)
    np.testing.assert_array_equal(trace["s[3]"].data, state["s"])
    np.testing.assert_allclose(trace["h[3]"].data, trace["q[3]"].data * np.tanh(state["s"]), rtol=1e-15)


# Cells as such -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "state", "letters"),
    [
        (VanillaCell, ("h",), "U W b"),
        (LSTMCell, ("h", "s"), "U_f W_f b_f U_i W_i b_i U_g W_g b_g U_q W_q b_q"),
        (GRUCell, ("h",), "U_rho W_rho b_rho U_z W_z b_z U_n W_n b_n"),
        (ResetAfterGRUCell, ("h",), "U_rho W_rho b_rho U_z W_z b_z U_n W_n b_n c_n"),
    ],
)
def test_parameters_have_these_names_shapes_and_order(cell, state, letters):
    assert cell.state == state
    shapes = cell.shapes(5, 3)
    assert list(shapes) == letters.split()
    for name, shape in shapes.items():
        assert shape == {"U": (3, 5), "W": (3, 3), "b": (3,), "c": (3,)}[name[0]]


def test_cells_are_found_by_name():
    found = [Cell.find(name) for name in ("vanilla", "lstm", "gru", "gru-reset-after")]
    assert found == [VanillaCell, LSTMCell, GRUCell, ResetAfterGRUCell]


def test_an_unknown_cell_is_refused_with_those_that_exist(monkeypatch):
    for name in list(CELLS):
        if name not in EQUATIONS:
            monkeypatch.delitem(CELLS, name)
    message = f"no cell is named 'elman'; there are: {', '.join(sorted(CELLS))}."
    assert refusal(NameLookupError, lambda: Cell.find("elman")) == message
    rng = np.random.default_rng(0)
    assert (
        refusal(NameLookupError, lambda: CharRNN(hidden=1, symbols=2, cell="elman", rng=rng)) == message
    )


def test_defining_a_cell_registers_it_and_a_cell_without_gates_has_one_of_each():
    class Mine(Cell):
        name = "mine"

    assert CELLS.pop("mine") is Mine
    assert list(Mine.shapes(1, 1)) == ["U", "W", "b"]
    assert Mine.state == ("h",)
    with pytest.raises(NotImplementedError):
        Mine.step({}, None, {})


@every_cell
def test_a_step_returns_the_new_state_by_name(cell):
    cls = Cell.find(cell)
    trace = Trace()
    rng = np.random.default_rng(0)
    p = {name: trace.parameter(name, rng.normal(size=shape)) for name, shape in cls.shapes(2, 3).items()}
    state = {name: trace.input(f"{name}0", rng.normal(size=3)) for name in cls.state}
    new = cls.step(p, trace.input("x", [1.0, 2.0]), state)
    assert tuple(new) == cls.state
    assert {name: value.name for name, value in new.items()} == {name: name for name in cls.state}


# The model ---------------------------------------------------------------------------------------


@every_cell
def test_each_layer_reads_the_states_of_the_layer_below(cell):
    model = a_model(cell, layers=3)
    x = np.array([1, 3])
    state = a_state(model)
    trace = model.record(x, state=state)
    layers = [{n: state[f"layer{k}.{n}"] for n in model.cell.state} for k in (1, 2, 3)]
    for t in (1, 2):
        below = x[t - 1]
        for k in (1, 2, 3):
            prefix = f"layer{k}."
            p = {n.removeprefix(prefix): v for n, v in model.parameters.items() if n.startswith(prefix)}
            layers[k - 1] = EQUATIONS[cell](p, below, layers[k - 1])
            for name, expected in layers[k - 1].items():
                found = trace[f"{prefix}{name}[{t}]"].data
                np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15, err_msg=name)
            below = layers[k - 1]["h"]
        o = mul(model.parameters["V"], below) + model.parameters["c"]
        np.testing.assert_allclose(trace[f"o[{t}]"].data, o, rtol=1e-12)


def test_state_names_carry_the_layer_where_there_are_several():
    assert a_model("lstm").state_names() == ["h", "s"]
    assert a_model("lstm", layers=2).state_names() == ["layer1.h", "layer1.s", "layer2.h", "layer2.s"]


def test_the_first_layer_reads_the_input_and_the_others_read_states():
    shapes = a_model("vanilla", layers=2, hidden=3, symbols=4, inputs=5).shapes()
    assert shapes == {
        "layer1.U": (3, 5),
        "layer1.W": (3, 3),
        "layer1.b": (3,),
        "layer2.U": (3, 3),
        "layer2.W": (3, 3),
        "layer2.b": (3,),
        "V": (4, 3),
        "c": (4,),
    }


def test_parameters_are_drawn_with_the_given_scale_and_biases_start_at_zero():
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=60, symbols=50, cell="lstm", scale=0.3, rng=rng)
    for name, p in model.parameters.items():
        if p.ndim == 1:
            assert not p.any(), name
        else:
            assert abs(p.std() - 0.3) < 0.02, name
            assert abs(p.mean()) < 0.02, name


def test_the_loss_is_the_cross_entropy_of_the_recorded_scores():
    model = a_model()
    trace = model.record([0, 1, 2], [1, 2, 3])
    o = np.array([trace[f"o[{t}]"].data for t in (1, 2, 3)])
    log_p = o - np.log(np.exp(o).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(trace.total_loss, -log_p[[0, 1, 2], [1, 2, 3]].sum(), rtol=1e-14)


def test_the_loss_in_two_steps_shows_the_probabilities():
    model = a_model()
    trace = model.record([0, 1], [1, 2], fused=False)
    assert [type(op).__name__ for op in trace.ops if op.t == 1][-3:] == [
        "Affine",
        "Softmax",
        "CrossEntropy",
    ]
    np.testing.assert_allclose(trace["p[2]"].data.sum(), 1.0, rtol=1e-15)
    np.testing.assert_allclose(trace["L[2]"].data, -np.log(trace["p[2]"].data[2]), rtol=1e-15)
    np.testing.assert_allclose(trace.total_loss, model.record([0, 1], [1, 2]).total_loss, rtol=1e-14)


def test_without_targets_there_is_no_loss_but_every_score():
    trace = a_model().record([0, 1])
    assert trace.losses == []
    assert "o[2]" in trace
    assert "y[1]" not in trace


def test_the_final_state_can_be_the_next_initial_state():
    model = a_model("lstm", layers=2)
    whole = model.record([0, 1, 2, 3])
    first = model.record([0, 1])
    state = model.final_state(first)
    assert list(state) == model.state_names()
    second = model.record([2, 3], state=state)
    for name, data in model.final_state(whole).items():
        np.testing.assert_array_equal(model.final_state(second)[name], data)


def test_the_initial_state_is_zero_where_it_is_not_given():
    model = a_model("lstm")
    trace = model.record([0], state={"s": [1.0, 2.0, 3.0]})
    np.testing.assert_array_equal(trace["h[0]"].data, np.zeros(3))
    np.testing.assert_array_equal(trace["s[0]"].data, [1.0, 2.0, 3.0])
    assert {n: s.shape for n, s in model.initial_state().items()} == {"h": (3,), "s": (3,)}
    assert {n: s.shape for n, s in model.initial_state(5).items()} == {"h": (5, 3), "s": (5, 3)}
    assert not any(s.any() for s in model.initial_state(5).values())


def test_parameters_can_be_changed_after_recording():
    model = a_model()
    trace = model.record([0])
    model.parameters["W"][0, 0] += 1.0
    assert trace["W"].data[0, 0] != model.parameters["W"][0, 0]


def test_parameters_are_replaced_by_name_and_as_copies():
    model = a_model()
    mine = np.ones((3, 3), dtype=int)
    model.set_parameters(W=mine)
    assert model.parameters["W"].dtype == np.float64
    model.parameters["W"][0, 0] = 5.0
    assert mine[0, 0] == 1


@pytest.mark.parametrize("name", ["hidden", "symbols", "layers"])
@pytest.mark.parametrize("size", [0, -1, 2.5, np.float64(3)])
def test_a_model_without_units_symbols_or_layers_is_refused(name, size):
    sizes = {"hidden": 1, "symbols": 2, "layers": 1} | {name: size}
    assert refusal(DomainError, lambda: CharRNN(**sizes, rng=np.random.default_rng(0))) == (
        f"CharRNN: `{name}` is {size} but must be a whole number at least 1."
    )


def test_the_smallest_possible_model_has_loss_0():
    model = CharRNN(hidden=1, symbols=1, layers=1, rng=np.random.default_rng(0))
    assert model.record([0], [0]).total_loss == 0.0  # one symbol: no surprise


EMPTY = (
    "the sequence is empty (T = 0): a network needs at least one step, "
    "x of shape (T,) or (T, B) for tokens, (T, d) or (T, B, d) for vectors."
)


@pytest.mark.parametrize("x", [[], np.zeros((0, 2), dtype=int), np.zeros((0, 4)), 3, 0.5])
def test_a_sequence_without_a_step_is_refused(x):
    assert refusal(ShapeError, lambda: a_model().record(x)) == EMPTY


def test_tokens_with_too_many_axes_are_refused():
    x = np.zeros((2, 3, 4), dtype=int)
    assert refusal(ShapeError, lambda: a_model().record(x)) == (
        "token numbers must have shape (T,) or (T, B), got (2, 3, 4)."
    )


@pytest.mark.parametrize(
    ("x", "token", "place"), [([0, 4, 9], 4, "(1,)"), ([[0, 1], [1, -1]], -1, "(1, 1)")]
)
def test_a_token_out_of_range_is_refused_with_its_place(x, token, place):
    assert refusal(DomainError, lambda: a_model().record(x)) == (
        f"x holds token {token} at index {place}; the model knows 0..3."
    )


def test_a_text_is_refused_with_what_to_do():
    assert refusal(DomainError, lambda: a_model().record("ab")) == (
        "x holds text: turn it into token numbers first, Vocabulary.of(text).encode(text)."
    )


def test_a_state_that_is_not_a_dict_is_refused_with_the_names_that_it_needs():
    assert refusal(DomainError, lambda: a_model().record([0], state=np.zeros(3))) == (
        "the initial state must be a dict of vectors: {'h': ...}."
    )


@pytest.mark.parametrize(("x", "kind"), [([True, False], "bool"), ([1j], "complex128")])
def test_a_sequence_of_another_type_is_refused(x, kind):
    assert refusal(DomainError, lambda: a_model().record(x)) == (
        f"x must hold whole numbers (tokens) or floats (vectors), got {kind}."
    )


@pytest.mark.parametrize("shape", [(3,), (3, 5), (2, 3, 5), (1, 2, 3, 4)])
def test_vectors_of_another_shape_are_refused(shape):
    assert refusal(ShapeError, lambda: a_model().record(np.zeros(shape))) == (
        f"dense input must have shape (T, d) or (T, B, d) with d=4, got {shape}. "
        "Token numbers must be an integer array."
    )


def test_a_vector_that_is_not_finite_is_refused_by_name():
    x = np.zeros((2, 4))
    x[1, 3] = np.nan
    assert refusal(DomainError, lambda: a_model().record(x)).startswith(
        "`x[2]` holds nan at index (3,): "
    )


@pytest.mark.parametrize(
    ("x", "targets", "shapes"),
    [
        ([0, 1], [1], "(1,) but x has (2,)"),
        ([[0], [1]], [1, 2], "(2,) but x has (2, 1)"),
        (np.zeros((2, 4)), np.zeros((2, 4), dtype=int), "(2, 4) but x has (2,)"),
        (np.zeros((2, 3, 4)), [1, 2], "(2,) but x has (2, 3)"),
    ],
)
def test_targets_of_another_shape_are_refused(x, targets, shapes):
    assert refusal(ShapeError, lambda: a_model().record(x, targets)) == (
        f"targets have shape {shapes}: one target for every input symbol."
    )


def test_a_target_out_of_range_is_refused_under_its_name():
    assert refusal(DomainError, lambda: a_model().record([0, 1], [1, 4])) == (
        "targets holds symbol 4 at index (1,); the model knows 0..3."
    )


def test_targets_that_are_not_whole_numbers_are_refused():
    assert refusal(DomainError, lambda: a_model().record([0], [1.0])) == (
        "targets must hold the numbers of symbols, whole numbers, got float64."
    )


def test_an_unknown_state_is_refused_with_those_that_exist():
    model = a_model("lstm", layers=2)
    assert refusal(NameLookupError, lambda: model.record([0], state={"h": np.zeros(3)})) == (
        "the model has no state 'h'; it has: layer1.h, layer1.s, layer2.h, layer2.s."
    )


@pytest.mark.parametrize(
    ("x", "shape", "needs"),
    [
        ([0], (4,), "(3,)"),
        ([0], (2, 3), "(3,)"),
        ([[0, 1]], (3,), "(2, 3)"),
        ([[0, 1]], (1, 3), "(2, 3)"),
    ],
)
def test_an_initial_state_of_another_shape_is_refused(x, shape, needs):
    assert refusal(ShapeError, lambda: a_model().record(x, state={"h": np.zeros(shape)})) == (
        f"initial state `h` has shape {shape} but the sequence and m=3 need {needs}."
    )


def test_the_layer_is_named_where_its_initial_state_does_not_fit():
    model = a_model(layers=2)
    message = refusal(ShapeError, lambda: model.record([0], state={"layer2.h": np.zeros(4)}))
    assert message.startswith("initial state `layer2.h` has shape (4,) but")


def test_an_unknown_parameter_is_refused_with_those_that_exist():
    assert refusal(NameLookupError, lambda: a_model().set_parameters(w=np.zeros((3, 3)))) == (
        "the model has no parameter 'w'; it has: U, W, b, V, c."
    )


def test_a_parameter_of_another_shape_is_refused_and_nothing_is_replaced():
    model = a_model()
    before = {name: p.copy() for name, p in model.parameters.items()}
    assert refusal(ShapeError, lambda: model.set_parameters(b=np.ones(3), W=np.ones((3, 4)))) == (
        "parameter `W` must have shape (3, 3), got (3, 4)."
    )
    for name, p in model.parameters.items():
        np.testing.assert_array_equal(p, before[name])
