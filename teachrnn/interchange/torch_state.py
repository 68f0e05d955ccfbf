"""Networks to and from the state dicts of PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError, NameLookupError, ShapeError
from teachrnn.interchange.torch_cell import TORCH_CELLS, find_torch_cell
from teachrnn.interchange.torch_part import (
    about_entry,
    common_prefix,
    other_names,
    refuse_checkpoint,
)
from teachrnn.models import CharRNN

PRECISIONS = ("float32", "float64")


def to_torch(model: CharRNN, *, rnn: str = "rnn", readout: str = "readout") -> dict[str, Array]:
    r"""Hand the parameters over under the names of PyTorch, as a state dict of arrays.

    PyTorch keeps the gates of a layer in one array. For the LSTM:

    $$\mathtt{weight\_ih} = \begin{pmatrix} U_i \\ U_f \\ U_g \\ U_q \end{pmatrix}, \qquad
      \mathtt{weight\_hh} = \begin{pmatrix} W_i \\ W_f \\ W_g \\ W_q \end{pmatrix}, \qquad
      \mathtt{bias\_ih} + \mathtt{bias\_hh} = \begin{pmatrix} b_i \\ b_f \\ b_g \\ b_q \end{pmatrix}$$

    The b's go to ``bias_ih``, and ``bias_hh`` is 0; only the candidate of the GRU needs both. Where
    PyTorch trains on, both biases get the gradient db, so that under gradient descent their sum moves
    twice as far as our b would.

    A module that takes these weights; its x is one-hot, (T, B, K) of floats::

        class Network(torch.nn.Module):
            def __init__(self, rnn, readout):
                super().__init__()
                self.rnn, self.readout = rnn, readout

            def forward(self, x, state=None):
                h, state = self.rnn(x, state)
                return self.readout(h), state

        network = Network(torch.nn.LSTM(K, m, layers), torch.nn.Linear(m, K)).double()
        network.load_state_dict({name: torch.tensor(a) for name, a in to_torch(model).items()})

    Parameters
    ----------
    model : CharRNN
        Its cell must be one that PyTorch has: "vanilla" is ``torch.nn.RNN``, "lstm" is ``LSTM``,
        "gru-reset-after" is ``GRU``.
    rnn, readout : str
        What the recurrent and the linear part are called in your module.

    Returns
    -------
    dict of str to ndarray
        New arrays, in the precision of the model.

    Raises
    ------
    DomainError
        If PyTorch has no such cell, with the reason.

    References
    ----------
    PyTorch, documentation of ``torch.nn.RNN``, ``LSTM`` and ``GRU``, section Variables.

    Examples
    --------
    >>> model = CharRNN(hidden=2, symbols=3, cell="lstm", rng=np.random.default_rng(0))
    >>> state = to_torch(model)
    >>> {name: array.shape for name, array in state.items()}
    {'rnn.weight_ih_l0': (8, 3), 'rnn.weight_hh_l0': (8, 2), 'rnn.bias_ih_l0': (8,),
     'rnn.bias_hh_l0': (8,), 'readout.weight': (3, 2), 'readout.bias': (3,)}
    >>> np.array_equal(state["rnn.weight_hh_l0"][2:4], model.parameters["W_f"])
    True
    """
    counterpart = find_torch_cell(model.cell)
    V, c, m = model.parameters["V"], model.parameters["c"], model.hidden
    state: dict[str, Array] = {}
    for layer in range(1, model.layers + 1):
        inputs = model.inputs if layer == 1 else m
        for entry, shape in counterpart.shapes(inputs, m).items():
            state[f"{rnn}.{entry}_l{layer - 1}"] = np.zeros(shape, dtype=V.dtype)
        for name, ((entry, block), *_) in counterpart.places().items():
            rows = slice(block * m, (block + 1) * m)
            state[f"{rnn}.{entry}_l{layer - 1}"][rows] = model.parameters[model.scope(layer) + name]
    # order="C": safetensors writes memory as it lies, even where it lies transposed.
    state[f"{readout}.weight"] = np.array(V, order="C")
    state[f"{readout}.bias"] = np.array(c, order="C")
    return state


def from_torch(source: Any, *, rnn: str = "rnn", readout: str = "readout") -> CharRNN:
    r"""Read a network of PyTorch; its cell and sizes are recognised by names and shapes.

    The two biases of PyTorch become one, $b = b_{ih} + b_{hh}$, except in the candidate of the GRU,
    where the reset gate is between them: $b_n = b_{hn}$ and $c_n = b_{in}$.

    An embedding E before the network must be multiplied in first: U takes symbols, so pass
    ``weight_ih_l0 @ E.weight.T`` as ``weight_ih_l0``. A prefix that all names share, such as
    ``module.`` of ``DataParallel`` or ``_orig_mod.`` of ``torch.compile``, is removed.

    Parameters
    ----------
    source : mapping or torch.nn.Module
        A state dict of tensors or arrays; or a module, which also says whether an RNN uses tanh or
        relu. A state dict does not, and is assumed to be for tanh.
    rnn, readout : str
        Names of the recurrent and the linear part in your module.

    Returns
    -------
    CharRNN
        A network of teachrnn, with copies of the weights, in their precision.

    Raises
    ------
    NameLookupError
        Naming an entry that is missing, or that has no counterpart.
    ShapeError
        Naming an entry whose shape does not fit the others.
    DomainError
        For what has no counterpart in teachrnn: relu, two directions, projections, half precision. For
        the checkpoint of a training loop, naming the part to pass.

    Examples
    --------
    >>> model = CharRNN(hidden=2, symbols=3, cell="lstm", rng=np.random.default_rng(0))
    >>> again = from_torch(to_torch(model))
    >>> again.cell.name, again.hidden, again.symbols, again.layers
    ('lstm', 2, 3, 1)
    >>> np.array_equal(again.parameters["W_f"], model.parameters["W_f"])
    True
    """
    if hasattr(source, "named_modules"):
        _refuse_relu(source)
        source = source.state_dict()
    if not isinstance(source, Mapping):
        raise DomainError(
            f"from_torch needs a module or its state dict, got {type(source).__name__}: "
            "read a file with torch.load(path, weights_only=True) first."
        )
    refuse_checkpoint(source)
    _refuse_variants(source)
    state = {name: _array(name, entry) for name, entry in source.items()}
    prefix = common_prefix(list(state), rnn=rnn, readout=readout)
    state = {name.removeprefix(prefix): array for name, array in state.items()}
    cell, m = _recognise(state, f"{rnn}.weight_hh_l0")
    V = _matrix(state, f"{readout}.weight")
    model = CharRNN(
        cell=cell,
        hidden=m,
        symbols=len(V),
        inputs=_matrix(state, f"{rnn}.weight_ih_l0").shape[1],
        layers=sum(name.startswith(f"{rnn}.weight_hh_l") for name in state),
        dtype=np.result_type(*state.values()),
        rng=np.random.default_rng(0),  # all that it draws is replaced
    )
    _compare(state, to_torch(model, rnn=rnn, readout=readout), rnn=rnn, prefix=prefix)
    parameters = {"V": V, "c": state[f"{readout}.bias"]}
    for layer in range(1, model.layers + 1):
        for name, places in TORCH_CELLS[cell].places().items():
            blocks = [
                state[f"{rnn}.{entry}_l{layer - 1}"][block * m : (block + 1) * m]
                for entry, block in places
            ]
            parameters[model.scope(layer) + name] = np.add.reduce(blocks)
    model.set_parameters(**parameters)
    return model


# Recognising ---------------------------------------------------------------------------------


def _recognise(state: Mapping[str, Array], name: str) -> tuple[str, int]:
    """Name of the cell, and m: the recurrent weights are as many square blocks as it has gates."""
    rows, m = _matrix(state, name).shape
    for cell, counterpart in TORCH_CELLS.items():
        if rows == len(counterpart.gates) * m:
            return cell, m
    known = ", ".join(f"({len(c.gates)} m, m) in {c.module}" for c in TORCH_CELLS.values())
    raise ShapeError(f"`{name}` has shape {(rows, m)} but must have {known}.")


def _matrix(state: Mapping[str, Array], name: str) -> Array:
    if name not in state:
        raise _missing(state, name)
    if state[name].ndim != 2:
        raise ShapeError(f"`{name}` has shape {state[name].shape} but must be a matrix.")
    return state[name]


def _array(name: str, entry: Any) -> Array:
    kind = str(getattr(entry, "dtype", type(entry).__name__)).removeprefix("torch.")
    if kind not in PRECISIONS:
        raise DomainError(
            f"`{name}` holds {kind} but must hold {' or '.join(PRECISIONS)}: "
            "convert the module with .float() or .double()."
        )
    return np.asarray(entry.detach().cpu() if hasattr(entry, "detach") else entry)


# Refusing ------------------------------------------------------------------------------------


def _compare(
    state: Mapping[str, Array], expected: Mapping[str, Array], *, rnn: str, prefix: str
) -> None:
    """Refuse a state dict whose names or shapes are not the expected ones."""
    for name in expected:
        if name not in state:
            raise _missing(state, name)
    for name, array in state.items():
        if name not in expected:
            raise NameLookupError(
                f"`{prefix}{name}` has no place in this network, which consists of: "
                f"{', '.join(expected)}. {about_entry(name, state, rnn=rnn, prefix=prefix)}"
            )
        if array.shape != expected[name].shape:
            raise ShapeError(
                f"`{name}` has shape {array.shape} but the other entries need {expected[name].shape}."
            )


def _missing(state: Mapping[str, Array], name: str) -> NameLookupError:
    return NameLookupError(
        f"the state dict has no `{name}`; it has: {', '.join(state) or 'nothing'}. Both parts need "
        f"biases; if your module calls them otherwise, say so: {other_names(state)}."
    )


def _refuse_variants(state: Mapping[str, Any]) -> None:
    for name in state:
        if not isinstance(name, str):
            raise DomainError(f"a state dict has names for its entries, this one {name!r}.")
        if name.endswith("_reverse"):
            raise DomainError(
                f"`{name}` belongs to a network that reads in two directions, which cannot predict "
                "what comes next: make it with bidirectional=False."
            )
        if ".weight_hr_l" in name:
            raise DomainError(
                f"`{name}` projects the state, which no cell here does: make it with proj_size=0."
            )


def _refuse_relu(module: Any) -> None:
    for name, part in module.named_modules():
        if getattr(part, "nonlinearity", "tanh") != "tanh":
            raise DomainError(
                f"`{name}` squashes with {part.nonlinearity}, but our vanilla cell with tanh: "
                "make it with nonlinearity='tanh'."
            )
