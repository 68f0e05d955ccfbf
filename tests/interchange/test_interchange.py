"""A network exported to PyTorch or to a file, and imported again, is the same network."""

from __future__ import annotations

import inspect
import json
import re
import sys
import textwrap

import numpy as np
import pytest
import safetensors.numpy as safetensors

from teachrnn import CELLS, CharRNN, backpropagate
from teachrnn.data import Vocabulary, WordVocabulary
from teachrnn.errors import (
    DomainError,
    FileFormatError,
    MissingExtraError,
    NameLookupError,
    ShapeError,
)
from teachrnn.interchange import TORCH_CELLS, from_torch, load_safetensors, save_safetensors, to_torch
from teachrnn.sampling import Temperature

M, K = 5, 7
TEXT = "a rose is a rose is a rose is a rose; "


@pytest.fixture(scope="module")
def documented_module(torch):
    """The module exactly as the docstring of `to_torch` shows it."""
    shown = inspect.getdoc(to_torch).split("(T, B, K) of floats::")[1].split("network = ")[0]
    names = {"torch": torch}
    exec(textwrap.dedent(shown), names)
    return names["Network"]


def network(cell, layers=1, symbols=K, inputs=None, dtype="float64"):
    """A model whose numbers are all random, biases too, and large enough for the gates to matter."""
    rng = np.random.default_rng(0)
    model = CharRNN(
        hidden=M, symbols=symbols, cell=cell, layers=layers, inputs=inputs, dtype=dtype, rng=rng
    )
    model.set_parameters(**{n: rng.normal(0, 0.7, s) for n, s in model.shapes().items()})
    return model


def trained(cell, layers):
    """A model after a few updates of plain gradient descent."""
    vocabulary = Vocabulary.of(TEXT)
    tokens = vocabulary.encode(TEXT)
    model = network(cell, layers, symbols=len(vocabulary))
    for _ in range(30):
        d = backpropagate(model.record(tokens[:-1], tokens[1:])).gradients()
        model.set_parameters(**{n: p - 0.01 * d[n] for n, p in model.parameters.items()})
    return model


def module_for(torch, documented_module, model, dtype="float64"):
    counterpart = TORCH_CELLS[model.cell.name]
    rnn = getattr(torch.nn, counterpart.module)(model.inputs, model.hidden, model.layers)
    module = documented_module(rnn, torch.nn.Linear(model.hidden, model.symbols))
    return module.to(getattr(torch, dtype))


def text_of_pytorch(torch, module, symbols, count, pick):
    symbol, state, written = 0, None, []
    for _ in range(count):
        x = torch.zeros(1, symbols, dtype=module.readout.weight.dtype)
        x[0, symbol] = 1
        with torch.no_grad():
            o, state = module(x, state)
        symbol = pick(o[0])
        written.append(symbol)
    return written


def our_text(model, count, pick):
    symbol, state, written = 0, None, []
    for _ in range(count):
        trace = model.record([symbol], state=state)
        symbol, state = pick(trace["o[1]"].data), model.final_state(trace)
        written.append(symbol)
    return written


def assert_same(model, again):
    assert (again.cell, again.hidden, again.symbols, again.inputs, again.layers) == (
        (model.cell, model.hidden, model.symbols, model.inputs, model.layers)
    )
    assert set(again.parameters) == set(model.parameters)
    for name, p in model.parameters.items():
        assert again.parameters[name].dtype == p.dtype
        np.testing.assert_array_equal(again.parameters[name], p, err_msg=name)


convertible = pytest.mark.parametrize("cell", TORCH_CELLS)
one_and_two_layers = pytest.mark.parametrize("layers", [1, 2])


@pytest.mark.parametrize("make", [network, trained], ids=["random", "trained"])
@one_and_two_layers
@convertible
def test_pytorch_writes_the_same_text(torch, documented_module, cell, layers, make):
    model = make(cell, layers)
    module = module_for(torch, documented_module, model)
    module.load_state_dict({name: torch.tensor(a) for name, a in to_torch(model).items()})

    greedy = our_text(model, 200, lambda o: int(np.argmax(o)))
    assert text_of_pytorch(torch, module, model.symbols, 200, lambda o: int(o.argmax())) == greedy

    def draw(o):
        chances = torch.softmax(o, 0).cumsum(0)
        return int((chances <= uniforms.random() * chances[-1]).sum())

    rng, uniforms = np.random.default_rng(1), np.random.default_rng(1)
    drawn = our_text(model, 200, lambda o: Temperature().draw(o, rng.random()))
    assert text_of_pytorch(torch, module, model.symbols, 200, draw) == drawn
    assert len(set(drawn)) > 3


@one_and_two_layers
@convertible
def test_a_module_in_single_precision_gives_the_same_scores(torch, documented_module, cell, layers):
    model, x = network(cell, layers), np.random.default_rng(2).integers(0, K, 30)
    module = module_for(torch, documented_module, model, "float32")
    module.load_state_dict({name: torch.tensor(a) for name, a in to_torch(model).items()})
    trace = model.record(x)
    ours = [trace[f"o[{t}]"].data for t in range(1, 31)]
    theirs = module(torch.eye(K)[torch.tensor(x)])[0].detach().numpy()
    assert theirs.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


@pytest.mark.parametrize("as_module", [True, False], ids=["module", "state dict"])
@one_and_two_layers
@convertible
def test_a_module_made_in_pytorch_gives_the_same_scores_in_teachrnn(
    torch, documented_module, cell, layers, as_module
):
    torch.manual_seed(3)
    module = module_for(torch, documented_module, network(cell, layers, inputs=4))
    assert all((p != 0).all() for p in module.parameters())  # both biases matter
    model = from_torch(module if as_module else module.state_dict())
    x = np.random.default_rng(3).normal(size=(20, 2, 4))
    trace = model.record(x)
    ours = [trace[f"o[{t}]"].data for t in range(1, 21)]
    theirs = module(torch.tensor(x))[0].detach().numpy()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_an_imported_model_does_not_change_with_the_module(torch, documented_module):
    module = module_for(torch, documented_module, network("vanilla"))
    model = from_torch(module)
    before = {name: p.copy() for name, p in model.parameters.items()}
    with torch.no_grad():
        for p in module.parameters():
            p.zero_()
    for name, p in model.parameters.items():
        np.testing.assert_array_equal(p, before[name], err_msg=name)


def test_an_exported_state_dict_does_not_change_with_the_model():
    model = network("lstm")
    state = to_torch(model)
    before = {name: a.copy() for name, a in state.items()}
    for p in model.parameters.values():
        p[...] = 0
    for name, a in state.items():
        np.testing.assert_array_equal(a, before[name], err_msg=name)


both_precisions = pytest.mark.parametrize("dtype", ["float32", "float64"])


@both_precisions
@pytest.mark.parametrize("inputs", [None, 4], ids=["tokens", "vectors"])
@one_and_two_layers
@convertible
def test_exporting_and_importing_again_is_exact(cell, layers, inputs, dtype):
    model = network(cell, layers, inputs=inputs, dtype=dtype)
    assert_same(model, from_torch(to_torch(model)))


def test_parameters_that_still_collect_gradients_are_read_too(torch, documented_module):
    module = module_for(torch, documented_module, network("lstm"))
    assert_same(from_torch(module), from_torch(dict(module.named_parameters())))


def test_parts_may_have_other_names():
    model = network("lstm")
    state = to_torch(model, rnn="lstm", readout="fc")
    assert next(iter(state)) == "lstm.weight_ih_l0"
    assert_same(model, from_torch(state, rnn="lstm", readout="fc"))
    with pytest.raises(NameLookupError, match=r"no `rnn.weight_hh_l0`.*rnn='lstm', readout='fc'"):
        from_torch(state)


@pytest.mark.parametrize("cell", CELLS)
def test_every_parameter_of_a_cell_has_its_place_or_the_cell_is_refused(cell):
    if cell not in TORCH_CELLS:
        with pytest.raises(DomainError, match=f"'{cell}' has no counterpart in PyTorch: "):
            to_torch(network(cell))
        return
    places = TORCH_CELLS[cell].places()
    assert set(places) == set(CELLS[cell].shapes(1, 1))
    taken = [place for several in places.values() for place in several]
    blocks = range(len(TORCH_CELLS[cell].gates))
    entries = TORCH_CELLS[cell].shapes(1, 1)
    assert sorted(taken) == sorted((entry, block) for entry in entries for block in blocks)


def test_the_gru_that_pytorch_lacks_is_refused_with_the_one_that_it_has():
    with pytest.raises(DomainError, match=r"resets after.*train the cell 'gru-reset-after' instead"):
        to_torch(network("gru"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"bidirectional": True}, r"`rnn\.weight_ih_l0_reverse` belongs to a network that reads in two"),
        ({"proj_size": 2}, r"`rnn\.weight_hr_l0` projects the state"),
        ({"nonlinearity": "relu"}, "`rnn` squashes with relu, but our vanilla cell with tanh"),
        ({"dtype": "bfloat16"}, r"holds bfloat16 but must hold float32 or float64.*\.float\(\)"),
        ({"bias": False}, r"no `rnn\.bias_ih_l0`.*Both parts need biases"),
    ],
    ids=["two directions", "projection", "relu", "half precision", "no bias"],
)
def test_modules_without_counterpart_are_refused_by_name(torch, documented_module, options, words):
    kind = torch.nn.RNN if "nonlinearity" in options else torch.nn.LSTM
    options = {name: getattr(torch, v) if name == "dtype" else v for name, v in options.items()}
    module = documented_module(kind(K, M, **options), torch.nn.Linear(M, K))
    with pytest.raises((DomainError, NameLookupError), match=words):
        from_torch(module)


def changed(**entries):
    state = to_torch(network("lstm", layers=2))
    for name, entry in entries.items():
        name = name.replace("__", ".")
        state = {n: a for n, a in state.items() if n != name} | ({} if entry is None else {name: entry})
    return state


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ({}, NameLookupError, r"no `rnn\.weight_hh_l0`; it has: nothing\."),
        ("weights.pt", DomainError, r"needs a module or its state dict, got str: .*torch\.load"),
        (changed(rnn__bias_hh_l1=None), NameLookupError, r"no `rnn\.bias_hh_l1`"),
        (changed(readout__weight=None), NameLookupError, r"no `readout\.weight`"),
        (changed(embed__weight=np.ones((K, 3))), NameLookupError, r"`embed\.weight` has no place"),
        (
            changed(rnn__weight_hh_l0=np.ones((3 * M + 1, M))),
            ShapeError,
            r"shape \(16, 5\) but must have \(1 m, m\) in RNN, \(4 m, m\) in LSTM",
        ),
        (changed(rnn__weight_hh_l0=np.ones(4)), ShapeError, r"has shape \(4,\) but must be a matrix"),
        (
            changed(rnn__weight_ih_l1=np.ones((4 * M, M + 1))),
            ShapeError,
            r"`rnn\.weight_ih_l1` has shape \(20, 6\) but the other entries need \(20, 5\)",
        ),
        (changed(readout__bias=np.ones(K - 1)), ShapeError, r"`readout\.bias` has shape \(6,\)"),
        (changed(readout__bias=np.ones(K, int)), DomainError, r"`readout\.bias` holds int64"),
        (changed(readout__bias=[1.0] * K), DomainError, r"`readout\.bias` holds list"),
        (changed(rnn__weight_hh_l0=np.ones((0, 0))), DomainError, "`hidden` is 0"),
    ],
    ids=[
        "empty",
        "path",
        "bias missing",
        "readout missing",
        "one too many",
        "no such cell",
        "vector for a matrix",
        "upper layer of another width",
        "readout of another size",
        "whole numbers",
        "list",
        "nothing in it",
    ],
)
def test_foreign_state_dicts_are_refused_with_the_entry_at_fault(state, error, words):
    with pytest.raises(error, match=words):
        from_torch(state)


# What a training loop saved ------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "_orig_mod.module.", "net.model."])
def test_a_prefix_shared_by_all_names_is_removed(prefix):
    model = network("lstm", layers=2)
    assert_same(model, from_torch({prefix + name: a for name, a in to_torch(model).items()}))


def test_wrapped_modules_are_read(torch, documented_module):
    module = module_for(torch, documented_module, network("lstm"))
    assert_same(from_torch(module), from_torch(torch.nn.DataParallel(module)))
    assert_same(from_torch(module), from_torch(torch.compile(module, backend="eager")))


def given_in(message, state):
    """Run the call that a message suggests."""
    call = re.search(r"from_torch\(.*\)(?=\.$)", message).group().replace("...", "state")
    return eval(call, {"from_torch": from_torch, "checkpoint": state, "state": state})


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: {"epoch": 3, "model_state_dict": state, "optimizer_state_dict": {"state": {}}},
        lambda state: {"state_dict": {"model." + n: a for n, a in state.items()}, "loss": 1.5},
        lambda state: {"run": {"net": state, "optimizer": {0: {"step": 1}}}, "args": {"lr": 0.1}},
    ],
    ids=["usual", "lightning", "nested"],
)
def test_the_error_for_a_checkpoint_names_the_part_to_pass(wrap):
    model = network("lstm")
    checkpoint = wrap(to_torch(model))
    with pytest.raises(DomainError, match=r"is a checkpoint.*Pass that part: from_torch") as error:
        from_torch(checkpoint)
    assert_same(model, given_in(str(error.value), checkpoint))


def test_the_error_for_a_checkpoint_with_several_networks_names_each(torch, documented_module):
    module = module_for(torch, documented_module, network("lstm"))
    with pytest.raises(DomainError, match=r"Pass that part: from_torch\(checkpoint\['net'\]\)\.$"):
        from_torch({"net": module, "epoch": 1})
    state = to_torch(network("lstm"))
    with pytest.raises(DomainError, match=r"\['model'\]\) or from_torch\(checkpoint\['average'\]\)\."):
        from_torch({"model": state, "average": state})


@pytest.mark.parametrize("source", [{"state": {0: {"step": 1}}, "param_groups": []}, {"model": {}}])
def test_the_error_for_a_checkpoint_without_a_network_says_so(source):
    with pytest.raises(DomainError, match=r"none is a recurrent network.*It holds: (state|model)"):
        from_torch(source)


@pytest.mark.parametrize("prefix", ["", "module."])
def test_an_embedding_is_multiplied_in_as_the_message_says(prefix):
    model = network("lstm", inputs=3)
    E = np.random.default_rng(1).normal(size=(K, 3))
    state = {prefix + name: a for name, a in to_torch(model).items()} | {f"{prefix}embed.weight": E}
    with pytest.raises(NameLookupError, match="looks like an embedding of 7 symbols before") as error:
        from_torch(state)
    exec(re.search(r"state\[.*\.T(?=\.$)", str(error.value)).group(), {"state": state})
    again = from_torch(state)
    x = np.array([0, 6, 3])
    for t, o in enumerate(np.array([model.record(E[x])[f"o[{t}]"].data for t in (1, 2, 3)]), start=1):
        np.testing.assert_allclose(again.record(x)[f"o[{t}]"].data, o, rtol=1e-12)


def test_the_error_suggests_the_names_of_the_parts():
    model = network("lstm")
    for state in (to_torch(model, rnn="encoder.cell", readout="head"), {}):
        with pytest.raises(NameLookupError, match="say so: ") as error:
            from_torch(state)
        if state:
            assert_same(model, given_in(str(error.value), state))


def test_an_irrelevant_entry_can_be_left_out_as_the_message_says():
    model = network("lstm")
    state = {"module." + n: a for n, a in to_torch(model).items()} | {"module.step": np.ones(())}
    with pytest.raises(NameLookupError, match=r"`module\.step` has no place") as error:
        from_torch(state)
    assert_same(model, given_in(str(error.value), state))


def test_a_dict_with_numbers_as_keys_is_refused():
    with pytest.raises(DomainError, match="has names for its entries, this one 0"):
        from_torch({0: np.ones(3)})


# The file ------------------------------------------------------------------------------------


@both_precisions
@one_and_two_layers
@convertible
def test_a_file_gives_the_network_and_its_vocabulary_back(cell, layers, dtype, tmp_path):
    vocabulary = Vocabulary(['"', "\n", "é", "\u2028", "\U0001f339", "a", "\\"])
    model = network(cell, layers, dtype=dtype)
    path = save_safetensors(tmp_path / "n.safetensors", model, vocabulary=vocabulary)
    again, characters = load_safetensors(path)
    assert_same(model, again)
    assert characters == vocabulary
    again, nothing = load_safetensors(save_safetensors(path, model))
    assert_same(model, again)
    assert nothing is None


def test_pytorch_loads_the_file_without_teachrnn(torch, documented_module, tmp_path):
    from safetensors.torch import load_file

    model = network("gru-reset-after", layers=2)
    path = save_safetensors(tmp_path / "n.safetensors", model)
    module = module_for(torch, documented_module, model)
    module.load_state_dict(load_file(path))
    again = module.state_dict()
    for name, array in to_torch(model).items():
        np.testing.assert_array_equal(again[name].numpy(), array, err_msg=name)


@pytest.mark.parametrize(
    "layout", [np.asfortranarray, lambda p: np.repeat(p, 2, axis=0)[::2]], ids=["columns", "strided"]
)
def test_parameters_may_be_views_of_any_layout(layout, tmp_path):
    model = network("lstm")
    plain = {name: p.copy() for name, p in model.parameters.items()}
    model.parameters = {name: layout(p) for name, p in plain.items()}
    again, _ = load_safetensors(save_safetensors(tmp_path / "n.safetensors", model))
    for name, p in plain.items():
        np.testing.assert_array_equal(again.parameters[name], p, err_msg=name)


def test_words_are_a_vocabulary_too(tmp_path):
    words = WordVocabulary.of("a rose is a rose")
    path = save_safetensors(
        tmp_path / "n.safetensors", network("vanilla", symbols=len(words)), vocabulary=words
    )
    assert load_safetensors(path)[1] == words


def test_minus_zero_in_a_bias_does_not_count_as_damage(tmp_path):
    model = network("vanilla")
    model.set_parameters(b=np.full(M, -0.0))
    again, _ = load_safetensors(save_safetensors(tmp_path / "n.safetensors", model))
    assert_same(model, again)


def test_vocabulary_of_another_size_is_refused(tmp_path):
    with pytest.raises(DomainError, match="the vocabulary has 2 symbols but the model 7"):
        save_safetensors(tmp_path / "n.safetensors", network("lstm"), vocabulary=Vocabulary("ab"))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def file(tmp_path):
    return save_safetensors(
        tmp_path / "n.safetensors", network("vanilla"), vocabulary=Vocabulary("abcdefg")
    )


def header_of(path):
    data = path.read_bytes()
    return json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]


def eighth_precision():
    """A file with numbers of 8 bits, which NumPy does not have."""
    header = b'{"a":{"dtype":"F8_E5M2","shape":[1],"data_offsets":[0,1]}}'
    return len(header).to_bytes(8, "little") + header + b"x"


def test_invalid_files_are_refused(file, tmp_path):
    whole = file.read_bytes()
    cases = {
        "missing": (None, "cannot read .*missing: No such file"),
        "empty": (b"", "damaged, or is not a network of teachrnn"),
        "short": (whole[:-1], "damaged, or is not a network of teachrnn"),
        "long": (whole + b"x", "damaged, or is not a network of teachrnn"),
        "text": (b"hello, hello, hello", "damaged, or is not a network of teachrnn"),
        "bare": (safetensors.save(safetensors.load(whole)), r"bare is not a network.*from_torch\("),
        "eighth": (eighth_precision(), "damaged, or is not a network of teachrnn"),
        "foreign": (safetensors.save({}, metadata={"format": "pt"}), "foreign is not a network"),
    }
    for case, (content, words) in cases.items():
        path = tmp_path / case
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(FileFormatError, match=words):
            load_safetensors(path)
    with pytest.raises(FileFormatError, match="cannot read"):
        load_safetensors(tmp_path)
    with pytest.raises(FileFormatError, match="cannot write"):
        save_safetensors(tmp_path / "none" / "n.safetensors", network("vanilla"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": "99"}, "written by a newer teachrnn .format 99, this one reads up to 1.: upgrade"),
        ({"version": "one"}, "damaged: its digest"),
        ({"cell": "lstm"}, "damaged: its digest"),
        ({"sha256": "0" * 64}, "damaged: its digest"),
        ({"vocabulary": '{"kind": "characters", "symbols": ["a"]}'}, "damaged: its digest"),
        ({"vocabulary": "nonsense"}, "is damaged"),
        ({"vocabulary": "[1]"}, "is damaged"),
        ({"vocabulary": "[" * 100_000}, "is damaged"),
    ],
    ids=[
        "newer",
        "version in words",
        "other cell",
        "other digest",
        "other vocabulary",
        "no JSON",
        "no vocabulary",
        "deep JSON",
    ],
)
def test_metadata_that_was_changed_is_found(file, change, words):
    state = safetensors.load(file.read_bytes())
    file.write_bytes(safetensors.save(state, metadata=header_of(file) | change))
    with pytest.raises(FileFormatError, match=words):
        load_safetensors(file)


def test_weights_that_were_changed_are_found(file):
    state = safetensors.load(file.read_bytes())
    for name in state:
        spoilt = {n: a.copy() for n, a in state.items()}
        spoilt[name].flat[0] = np.nextafter(spoilt[name].flat[0], 1)
        file.write_bytes(safetensors.save(spoilt, metadata=header_of(file)))
        with pytest.raises(FileFormatError, match="damaged: its digest"):
            load_safetensors(file)
        del spoilt[name]
        file.write_bytes(safetensors.save(spoilt, metadata=header_of(file)))
        with pytest.raises(FileFormatError, match="is damaged"):
            load_safetensors(file)


def test_flipped_bit_never_gives_another_network(file):
    model, vocabulary = load_safetensors(file)
    whole = file.read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    rng = np.random.default_rng(0)
    for place in [*rng.integers(0, header, 300), *rng.integers(header, len(whole), 100)]:
        spoilt = bytearray(whole)
        spoilt[place] ^= 1 << int(rng.integers(8))
        file.write_bytes(spoilt)
        try:
            again, characters = load_safetensors(file)
        except FileFormatError:
            continue
        assert_same(model, again)  # a blank that pads the header
        assert characters == vocabulary


def test_without_safetensors_the_extra_is_named(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    for use in (lambda: load_safetensors(file), lambda: save_safetensors(file, network("vanilla"))):
        with pytest.raises(MissingExtraError, match=r"pip install 'teachrnn\[weights\]'"):
            use()
