"""Every initializer in the registry draws what its formula says."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from teachrnn import CELLS, CharRNN, GRUCell
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.initializers import INITIALIZERS, Initializer, Normal
from teachrnn.interchange import from_torch

D, M, K = 40, 60, 30

# Variance of each letter's numbers, from the papers: d, m = columns of U and W; K = rows of V.
VARIANCE = {
    "normal": {"U": 0.01**2, "W": 0.01**2, "V": 0.01**2, "b": 0, "c": 0},
    "normal-fan-in": {"U": 1 / (2 * D), "W": 1 / (2 * M), "V": 1 / M, "b": 0, "c": 0},
    "xavier": {"U": 2 / (D + M), "W": 1 / M, "V": 2 / (M + K), "b": 0, "c": 0},
    "he": {"U": 2 / D, "W": 2 / M, "V": 2 / M, "b": 0, "c": 0},
    "orthogonal": {"U": 2 / (D + M), "W": 1 / M, "V": 2 / (M + K), "b": 0, "c": 0},
    "uniform-torch": {
        "U": 1 / (3 * M),
        "W": 1 / (3 * M),
        "V": 1 / (3 * M),
        "b": 2 / (3 * M),
        "c": 1 / (3 * M),
    },
}
BOUND = {
    "xavier": {"U": np.sqrt(6 / (D + M)), "W": np.sqrt(3 / M), "V": np.sqrt(6 / (M + K))},
    "uniform-torch": {letter: 1 / np.sqrt(M) for letter in "UWVc"} | {"b": 2 / np.sqrt(M)},
}
REPEATS = 40

every = pytest.mark.parametrize("rule", INITIALIZERS.values(), ids=lambda rule: rule.name)


def shapes_of(cell, layers=1, inputs=D, hidden=M, symbols=K):
    return CharRNN(
        hidden=hidden,
        symbols=symbols,
        inputs=inputs,
        cell=cell,
        layers=layers,
        rng=np.random.default_rng(0),
    ).shapes()


def samples(rule, cell="vanilla"):
    """By name, all numbers of many drawings."""
    rng, shapes = np.random.default_rng(4), shapes_of(cell)
    drawings = [rule().draw(shapes, rng=rng) for _ in range(REPEATS)]
    return {name: np.concatenate([d[name].ravel() for d in drawings]) for name in shapes}


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
@every
def test_every_parameter_is_drawn_in_its_shape(rule, cell, layers):
    for hidden, symbols, inputs in [(1, 1, 1), (3, 5, 5), (5, 3, 4)]:
        shapes = shapes_of(cell, layers, inputs, hidden, symbols)
        start = rule().draw(shapes, rng=np.random.default_rng(0))
        assert {name: p.shape for name, p in start.items()} == shapes
        assert list(start) == list(shapes)
        for name, p in start.items():
            assert p.dtype == np.float64, name
            assert np.isfinite(p).all(), name


@every
def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(rule):
    shapes = shapes_of("lstm", 2)
    first, second, other = (rule().draw(shapes, rng=np.random.default_rng(seed)) for seed in (5, 5, 6))
    for name, p in first.items():
        np.testing.assert_array_equal(p, second[name])
        if p.ndim == 2:
            assert (p != other[name]).all(), name


@every
def test_mean_is_0_and_variance_that_of_the_paper(rule):
    assert rule.name in VARIANCE, f"add the variances of {rule.name!r}, from its paper, to VARIANCE"
    for letter, numbers in samples(rule).items():
        variance = VARIANCE[rule.name][letter]
        if variance == 0:
            assert (numbers == 0).all(), letter
            continue
        # Five standard errors; that of the variance is largest for a normal distribution.
        assert abs(numbers.mean()) < 5 * np.sqrt(variance / numbers.size), letter
        assert abs(numbers.var() / variance - 1) < 5 * np.sqrt(2 / numbers.size), letter


@pytest.mark.parametrize("name", BOUND)
def test_uniform_numbers_reach_their_bounds_and_stay_inside(name):
    drawn = samples(INITIALIZERS[name])
    for letter, bound in BOUND[name].items():
        largest = np.abs(drawn[letter]).max()
        assert 0.9 * bound < largest <= bound, letter


@every
def test_docstring_cites_its_source(rule):
    doc = inspect.getdoc(rule)
    for part in ("$$", "\nReferences\n---", "\nExamples\n---"):
        assert part in doc, part


@every
def test_forget_gate_starts_at_the_given_bias_and_nothing_else_changes(rule):
    shapes = shapes_of("lstm", 2)
    start = rule(forget_bias=1.0).draw(shapes, rng=np.random.default_rng(0))
    for layer in ("layer1.", "layer2."):
        assert (start[f"{layer}b_f"] == 1.0).all()
        assert (start[f"{layer}b_i"] != 1.0).all()
        assert (start[f"{layer}W_f"] != 1.0).all()
    with pytest.raises(DomainError, match=r"`forget_bias` is 1\.0 but .* has no forget gate"):
        rule(forget_bias=1.0).draw(shapes_of("gru"), rng=np.random.default_rng(0))
    with pytest.raises(DomainError, match="`forget_bias` is nan but must be a finite number"):
        rule(forget_bias=float("nan"))


@every
def test_settings_make_an_equal_one(rule):
    one = rule(forget_bias=0.5)
    again = rule(**one.settings())
    assert again == one
    assert repr(again) == repr(one)
    assert rule() != one


def test_forget_bias_leaves_other_biases_of_the_forget_gate_alone():
    shapes = {"b_f": (2,), "c_f": (2,), "V": (1, 2)}
    start = Normal(forget_bias=1.0).draw(shapes, rng=np.random.default_rng(0))
    assert (start["b_f"] == 1).all()
    assert (start["c_f"] == 0).all()


def test_normal_gives_the_numbers_that_a_seed_has_always_given():
    shapes, rng = shapes_of("lstm", 2), np.random.default_rng(7)
    expected = {n: rng.normal(0.0, 0.3, s) if len(s) == 2 else np.zeros(s) for n, s in shapes.items()}
    start = Normal(scale=0.3).draw(shapes, rng=np.random.default_rng(7))
    for name, p in expected.items():
        np.testing.assert_array_equal(start[name], p, err_msg=name)


@pytest.mark.parametrize("scale", [-1.0, float("nan"), float("inf")])
def test_normal_refuses_an_invalid_scale(scale):
    with pytest.raises(DomainError, match=f"`scale` is {scale} but must be"):
        Normal(scale=scale)


@pytest.mark.parametrize("hidden", [1, 2, 30])
def test_orthogonal_is_a_rotation_for_every_gate(hidden):
    start = INITIALIZERS["orthogonal"]().draw(
        shapes_of("lstm", hidden=hidden), rng=np.random.default_rng(0)
    )
    gates = [start[f"W_{gate}"] for gate in "figq"]
    for W in gates:
        np.testing.assert_allclose(W.T @ W, np.eye(hidden), atol=1e-14)
    if hidden > 1:
        assert not np.allclose(gates[0], gates[1])


def test_orthogonal_matrices_come_from_the_qr_factorisation_with_a_positive_diagonal():
    # Q of the one decomposition A = Q R in which R's diagonal is positive (Mezzadri 2007, section 5).
    A = np.random.default_rng(3).normal(size=(6, 6))
    shapes = {"W": (6, 6), "V": (2, 6)}
    R = INITIALIZERS["orthogonal"]().draw(shapes, rng=np.random.default_rng(3))["W"].T @ A
    np.testing.assert_allclose(np.tril(R, -1), 0, atol=1e-14)
    assert (np.diag(R) > 0).all()


@pytest.mark.parametrize("cell", ["vanilla", "lstm", "gru-reset-after"])
def test_uniform_torch_is_distributed_as_in_pytorch(torch, cell):
    kind = {"vanilla": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru-reset-after": torch.nn.GRU}[cell]
    torch.manual_seed(0)
    theirs: dict[str, list] = {}
    for _ in range(REPEATS):
        parts = torch.nn.ModuleDict({"rnn": kind(D, M), "readout": torch.nn.Linear(M, K)})
        for name, p in from_torch(parts).parameters.items():
            theirs.setdefault(name, []).append(p.ravel())
    for name, ours in samples(INITIALIZERS["uniform-torch"], cell).items():
        there = np.concatenate(theirs[name])
        assert abs(ours.var() / there.var() - 1) < 5 * np.sqrt(2 * 2 / ours.size), name
        assert abs(np.abs(ours).max() / np.abs(there).max() - 1) < 0.1, name


def test_cell_names_the_gate_that_forgets():
    class Keeping(GRUCell, register=False):
        name = "keeping"
        forgets = "z"

    model = CharRNN(
        hidden=2, symbols=3, cell=Keeping, initializer=Normal(forget_bias=1), rng=np.random.default_rng()
    )
    biases = {name: model.parameters[name].tolist() for name in ("b_z", "b_rho", "b_n")}
    assert biases == {"b_z": [1, 1], "b_rho": [0, 0], "b_n": [0, 0]}


def test_unknown_name_lists_those_that_exist():
    assert Initializer.find("he") is INITIALIZERS["he"]
    with pytest.raises(
        NameLookupError, match="no initializer is named 'xaver'; there are: he, normal, "
    ):
        Initializer.find("xaver")


def test_a_user_defined_rule_is_a_class_and_found_by_its_name():
    class Ones(Initializer):
        name = "ones"

        def matrix(self, p, rng):
            return np.full(p.shape, ord(p.letter))

    try:
        start = Initializer.find("ones")().draw(shapes_of("gru", 2), rng=np.random.default_rng(0))
    finally:
        del INITIALIZERS["ones"]
    assert (start["layer2.U_rho"] == ord("U")).all()
    assert (start["layer1.W_n"] == ord("W")).all()
    assert (start["V"] == ord("V")).all()
    assert (start["c"] == 0).all()
