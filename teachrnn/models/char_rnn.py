"""A recurrent network over a text: a cell unrolled over time, with a readout at every step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from teachrnn.array import Array
from teachrnn.cells import Cell
from teachrnn.copying import CopiedWhole
from teachrnn.errors import DomainError
from teachrnn.formulas.name import layer_scope
from teachrnn.hyper_parameter import check_counts
from teachrnn.initializers import Initializer, Normal
from teachrnn.memory import room_for
from teachrnn.models.checked_path import CheckedPath
from teachrnn.models.fused_path import FusedPath
from teachrnn.models.parameter_vector import ParameterVector
from teachrnn.models.path import Path
from teachrnn.models.reader import ModelReader
from teachrnn.models.recorded_path import RecordedPath
from teachrnn.models.sequence import check_sequence, check_state, check_targets
from teachrnn.op import Value
from teachrnn.ops import Affine, CrossEntropy, Softmax, SoftmaxCrossEntropy
from teachrnn.trace import Trace

MAX_LAYERS = 1000
"""Maximum number of layers, more than anyone stacks: each has arrays and names of its own."""


class ModelSettings(TypedDict):
    """What determines the parameters of a `CharRNN` and their shapes, as JSON can hold it."""

    hidden: int
    symbols: int
    cell: str
    layers: int
    inputs: int
    dtype: str


class CharRNN(CopiedWhole):
    r"""Character-level recurrent network.

    At every step the cell turns the input $x_t$ and the old state into $h_t$, and the readout
    scores the next symbol:

    $$o_t = V h_t + c, \qquad p_t = \mathrm{softmax}(o_t)$$
    $$L = \sum_t -\log p_t[y_t]$$

    The parameters go by name: ``U``, ``W``, ``b`` of the cell (``U_f`` ... where it has gates;
    ``layer1.U`` ... where layers are stacked), ``V`` and ``c`` of the readout. They are the same
    arrays at every step, and views of one flat vector, which an optimizer updates in place. L is in
    nats per sequence, summed over time and batch.

    `record` keeps every value, for inspection; `path` computes the same loss and gradients in
    memory that is allocated once, for training.

    Parameters
    ----------
    hidden : int
        m, the length of the state vectors.
    symbols : int
        K, the number of symbols that can follow.
    cell : str or type of Cell
        The cell, or its name, a key of ``teachrnn.CELLS``.
    layers : int
        How many cells are stacked; each reads the states of the one below.
    inputs : int, optional
        Length of dense input vectors, where the input is not token numbers. K if not given.
    scale : float
        Standard deviation of the normal distribution that the matrices are drawn from; biases
        start at 0.
    initializer : Initializer, type of Initializer or str, optional
        Another rule for what the parameters start from, in place of ``scale``.
    dtype : dtype
        float64, or float32 for faster training.
    rng : numpy.random.Generator
        Where the numbers come from.

    References
    ----------
    Goodfellow, Bengio & Courville (2016), Deep Learning, section 10.2, equations 10.8 to 10.14.

    Examples
    --------
    >>> model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
    >>> model.shapes()
    {'U': (3, 4), 'W': (3, 3), 'b': (3,), 'V': (4, 3), 'c': (4,)}
    >>> trace = model.record([0, 1, 2], targets=[1, 2, 3])
    >>> trace["h[3]"]
    <h[3] = Tanh(a[3]) (3,)>
    >>> round(float(trace.total_loss), 2)           # near 3 log 4, being untrained
    4.16
    """

    def __init__(
        self,
        *,
        hidden: int,
        symbols: int,
        cell: str | type[Cell] = "vanilla",
        layers: int = 1,
        inputs: int | None = None,
        scale: float = 0.01,
        initializer: Initializer | type[Initializer] | str | None = None,
        dtype: DTypeLike = np.float64,
        rng: np.random.Generator,
    ) -> None:
        inputs = symbols if inputs is None else inputs
        check_counts("CharRNN", hidden=hidden, symbols=symbols, layers=layers, inputs=inputs)
        if layers > MAX_LAYERS:
            raise DomainError(f"CharRNN: `layers` is {layers:,} but may be {MAX_LAYERS:,} at most.")
        self.cell: type[Cell] = Cell.find(cell)
        self.hidden, self.symbols, self.layers = int(hidden), int(symbols), int(layers)
        self.inputs = int(inputs)
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise DomainError(f"CharRNN: `dtype` is {self.dtype} but must be float32 or float64.")
        self.parameters = self._vector()
        start = Normal(scale=scale) if initializer is None else Initializer.make(initializer)
        for name, drawn in start.draw(self.shapes(), forgets=self.cell.forgets, rng=rng).items():
            self.parameters[name] = drawn

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of every parameter, in the order in which they are applied.

        Returns
        -------
        dict
            Shapes by name.
        """
        return dict(self.parameters.shapes)

    def settings(self) -> ModelSettings:
        """Its settings: ``CharRNN(**model.settings(), rng=rng)`` has the same shapes.

        Returns
        -------
        ModelSettings
            As ``json.dumps`` takes it.
        """
        return {
            "hidden": self.hidden,
            "symbols": self.symbols,
            "cell": self.cell.name,
            "layers": self.layers,
            "inputs": self.inputs,
            "dtype": self.dtype.name,
        }

    def scope(self, layer: int) -> str:
        """What the names of a layer begin with: nothing where there is only one.

        Parameters
        ----------
        layer : int
            Which layer, counted from 1.

        Returns
        -------
        str
            ``"layer2."`` or the like; empty in a network of one layer.
        """
        return layer_scope(layer, self.layers)

    def state_names(self) -> list[str]:
        """Names of the state vectors, such as ``h`` or ``layer2.s``.

        Returns
        -------
        list of str
            The names, layer by layer.
        """
        return [
            self.scope(layer) + name for layer in range(1, self.layers + 1) for name in self.cell.state
        ]

    def initial_state(self, batch: int | None = None) -> dict[str, Array]:
        """State vectors of zeros, (m,) or (B, m).

        Parameters
        ----------
        batch : int, optional
            B; a single sequence if not given.

        Returns
        -------
        dict
            Vectors by name.
        """
        shape = (self.hidden,) if batch is None else (batch, self.hidden)
        return {name: np.zeros(shape, self.dtype) for name in self.state_names()}

    def record(
        self,
        x: ArrayLike,
        targets: ArrayLike | None = None,
        *,
        state: Mapping[str, ArrayLike] | None = None,
        fused: bool = True,
        trace: Trace | None = None,
    ) -> Trace:
        """Run forward over a sequence and record everything.

        Parameters
        ----------
        x : array-like
            Token numbers, (T,) or (T, B); or dense vectors, (T, d) or (T, B, d), of floats.
        targets : array-like of int, optional
            The symbols to be predicted, (T,) or (T, B). Without them there is no loss.
        state : mapping, optional
            Initial state vectors by name, (m,) or (B, m); zeros where not given.
        fused : bool
            True records the loss as one operation, False as softmax, then cross-entropy, so that
            the probabilities ``p[t]`` appear.
        trace : Trace, optional
            An empty trace to record in; a new one if not given.

        Returns
        -------
        Trace
            With ``x[t]``, the cell's values, ``o[t]`` and ``L[t]`` for t = 1 .. T, ``h[0]``.

        Raises
        ------
        ShapeError, DomainError
            If the sequence is empty, or lengths or shapes do not fit.
        """
        x = check_sequence(np.array(x), inputs=self.inputs)
        token = x.dtype.kind in "iu"
        leading = x.shape[1:] if token else x.shape[1:-1]
        shape = x.shape[: 1 + len(leading)]
        y = None
        if targets is not None:
            y = check_targets(np.array(targets), shape=shape, symbols=self.symbols)
        trace = Trace() if trace is None else trace
        parameters = {name: trace.parameter(name, p) for name, p in self.parameters.items()}
        scopes = [self.scope(layer) for layer in range(1, self.layers + 1)]
        names = list(self.cell.shapes(1, 1))
        layers = [{name: parameters[scope + name] for name in names} for scope in scopes]
        states = self._record_initial_state(trace, {} if state is None else state, leading)
        for t in range(1, len(x) + 1):
            trace.t = t
            below = trace.input("x", x[t - 1, ...], copy=False)
            for index, (scope, p) in enumerate(zip(scopes, layers, strict=True)):
                trace.scope = scope
                states[index] = self.cell.step(p, below, states[index])
                below = states[index]["h"]
            trace.scope = ""
            o = Affine(below, parameters["V"], parameters["c"], name="o")
            if y is not None:
                target = trace.input("y", y[t - 1, ...], copy=False)
                self._record_loss(trace, o, target, fused)
        trace.t = None
        return trace

    def final_state(self, trace: Trace) -> dict[str, Array]:
        """State vectors after the last step of a trace, to carry on from.

        Parameters
        ----------
        trace : Trace
            A record of this model.

        Returns
        -------
        dict
            Vectors by name, as `record` takes them for ``state``.

        Raises
        ------
        NameLookupError
            If the trace is of another model.
        """
        return {name: trace[f"{name}[{trace.T}]"].data for name in self.state_names()}

    def set_parameters(self, **parameters: ArrayLike) -> None:
        """Replace parameters by name; names and shapes are checked.

        Parameters
        ----------
        **parameters
            Arrays by name: ``model.set_parameters(W=..., b=...)``.

        Raises
        ------
        NameLookupError, ShapeError
            Naming what exists and what fits.
        """
        checked = {name: self.parameters.checked(name, p) for name, p in parameters.items()}
        for name, p in checked.items():
            self.parameters[name] = p

    @overload
    def path(
        self,
        *,
        length: int,
        batch: int = ...,
        gradients: ParameterVector | None = ...,
        checked: Literal[True] = ...,
    ) -> CheckedPath: ...

    @overload
    def path(
        self,
        *,
        length: int,
        batch: int = ...,
        gradients: ParameterVector | None = ...,
        checked: Literal[False],
    ) -> Path: ...

    def path(
        self,
        *,
        length: int,
        batch: int = 1,
        gradients: ParameterVector | None = None,
        checked: bool = True,
    ) -> Path:
        """What computes loss and gradients of T x B symbols again and again, for training.

        Parameters
        ----------
        length, batch : int
            T and B.
        gradients : ParameterVector, optional
            Where the gradients go; a new one if not given.
        checked : bool
            Whether it checks what it is given. A loop over a text whose symbols are known to be the
            model's does without: then nothing is checked, and a wrong symbol gives a wrong loss.

        Returns
        -------
        Path
            A `CheckedPath`, or what it has inside: a `FusedPath`, or a `RecordedPath` where the cell
            says only what one step does.

        Raises
        ------
        DomainError
            If ``length`` or ``batch`` is below 1, or they need more memory than there is.
        """
        check_counts("a path over sequences", length=length, batch=batch)
        kind = RecordedPath if self.cell.fused is None else FusedPath
        rows, each = length * batch, 2 * self.layers * self.hidden + self.symbols
        with room_for(
            rows * each,
            self.dtype,
            what=f"Reading {rows:,} symbols at a time (T = {length:,}, B = {batch:,})",
            advice="Choose a shorter sequence, `length`, or fewer at a time, `batch`.",
        ):
            path: Path = kind(
                self,
                self.zero_gradients() if gradients is None else gradients,
                length=length,
                batch=batch,
            )
        return CheckedPath(self, path) if checked else path

    def reader(self) -> ModelReader:
        """What reads symbol by symbol and scores the next: to write with (`teachrnn.sampling.write`).

        Returns
        -------
        ModelReader
            A reader in a state of zeros.
        """
        return ModelReader(self)

    def zero_gradients(self) -> ParameterVector:
        """Zeros under the names of the parameters: where gradients are put.

        Returns
        -------
        ParameterVector
            One flat vector, with a view for each parameter.
        """
        return self._vector()

    # Inside ----------------------------------------------------------------------------------

    def _vector(self) -> ParameterVector:
        return ParameterVector(
            self.cell,
            inputs=self.inputs,
            hidden=self.hidden,
            symbols=self.symbols,
            layers=self.layers,
            dtype=self.dtype,
        )

    def _record_loss(self, trace: Trace, o: Value, y: Value, fused: bool) -> None:
        if fused:
            trace.loss(SoftmaxCrossEntropy(o, y, name="L"))
        else:
            trace.loss(CrossEntropy(Softmax(o, name="p"), y, name="L"))

    def _record_initial_state(
        self, trace: Trace, state: Mapping[str, ArrayLike], leading: tuple[int, ...]
    ) -> list[dict[str, Value]]:
        shape = (*leading, self.hidden)
        given = check_state(state, names=self.state_names(), shape=shape, m=self.hidden)
        recorded = []
        trace.t = 0
        for layer in range(1, self.layers + 1):
            trace.scope = self.scope(layer)
            vectors = {}
            for name in self.cell.state:
                data = np.array(given.get(trace.scope + name, np.zeros(shape)), dtype=self.dtype)
                vectors[name] = trace.input(name, data)
            recorded.append(vectors)
        trace.scope = ""
        return recorded
