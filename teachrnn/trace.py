"""What happened, in order: a linear record of values and of the operations that made them.

Creation order is topological order, so nothing needs sorting: replaying is a loop over the
operations, backpropagation the same loop reversed.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from teachrnn.application import applied
from teachrnn.array import Array
from teachrnn.copying import CopiedWhole, NotPickled
from teachrnn.errors import DomainError, NameLookupError, ReplayError, TeachrnnError
from teachrnn.op import Op, Value
from teachrnn.text_table import aligned
from teachrnn.underflow import computed

if TYPE_CHECKING:
    from teachrnn.gradients import Gradients


class Trace(CopiedWhole, NotPickled):
    """The record of one forward pass.

    Values are addressed by name, ``trace["h[3]"]``, or by their place, ``trace[7]``.

    Examples
    --------
    >>> from teachrnn import Affine, Tanh, Trace
    >>> trace = Trace()
    >>> W = trace.parameter("W", [[0.5, -1.0]])
    >>> b = trace.parameter("b", [0.1])
    >>> x = trace.input("x", [1.0, 2.0])
    >>> y = Tanh(Affine(x, W, b, name="a"), name="y")
    >>> trace["a"].data
    array([-1.4])
    >>> print(trace.summary())
    #  name  t  made by          shape
    0  W     -  parameter        (1, 2)
    1  b     -  parameter        (1,)
    2  x     -  input            (2,)
    3  a     -  Affine(x, W, b)  (1,)
    4  y     -  Tanh(a)          (1,)
    """

    instead_of_pickle = "keep it with teachrnn.save_trace(trace, path)."

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.ops: list[Op] = []
        self.losses: list[Value] = []
        self.gradients: Gradients | None = None
        self.scope = ""
        self.t = None
        self._by_name: dict[str, Value] = {}
        self._reference = weakref.ref(self)

    # Recording -------------------------------------------------------------------------------

    def parameter(self, name: str, data: Any) -> Value:
        """Record a parameter: a leaf that is shared by all time steps and is learnt.

        Parameters
        ----------
        name : str
            Its name, such as ``"W"``, as in the formulas.
        data : array-like
            The numbers; whole numbers become float64.

        Returns
        -------
        Value
            The recorded value.

        Raises
        ------
        TeachrnnError
            If the name is taken.
        DomainError
            If the data are not numbers, or not all of them finite.
        """
        t, self.t = self.t, None
        try:
            return self._leaf("parameter", name, np.array(data, dtype=_float_dtype(data)))
        finally:
            self.t = t

    def input(self, name: str, data: Any, *, copy: bool = True) -> Value:
        """Record an input: numbers from outside, such as x[t], a target or the initial state.

        The numbers are copied, so that later changes of the array do not change the record;
        ``copy=False`` takes over an array that nothing else will write to.

        Parameters
        ----------
        name : str
            Base of its name: the trace adds the time step, ``"x"`` becomes ``"x[3]"``.
        data : array-like
            The numbers.
        copy : bool
            Whether the trace takes a copy of them.

        Returns
        -------
        Value
            The recorded value.

        Raises
        ------
        TeachrnnError
            If the name is taken.
        DomainError
            If the data are not numbers, or not all of them finite.
        """
        return self._leaf("input", self.address(name), np.array(data) if copy else data)

    def constant(self, data: Any) -> Value:
        """Record a number or array that is part of the model's definition.

        Parameters
        ----------
        data : array-like
            The number or array.

        Returns
        -------
        Value
            The recorded value.

        Raises
        ------
        DomainError
            If the data are not numbers, or not all of them finite.
        """
        return self._leaf("constant", self.address("constant", unique=True), np.array(data))

    def loss(self, value: Value) -> Value:
        """Count ``value`` (all its entries) into the loss L, the sum of everything so declared.

        Parameters
        ----------
        value : Value
            A recorded value, of any shape.

        Returns
        -------
        Value
            The same value.
        """
        self.losses.append(value)
        return value

    @contextmanager
    def at(self, t: int | None = None, *, scope: str = "") -> Iterator[None]:
        """Record what follows at time step ``t``, with names that begin with ``scope``.

        Parameters
        ----------
        t : int, optional
            The time step; None for what belongs to no step.
        scope : str
            What the names begin with, such as ``"layer2."``.

        Yields
        ------
        None
            While the block runs; afterwards time step and scope are as before.
        """
        before = self.t, self.scope
        self.t, self.scope = t, scope
        try:
            yield
        finally:
            self.t, self.scope = before

    @property
    def t(self) -> int | None:
        """The time step at which values are recorded now; None for what belongs to no step."""
        return self._t

    @t.setter
    def t(self, t: int | None) -> None:
        self._t = t
        self.time = "" if t is None else f"[{t}]"

    def address(self, base: str, *, unique: bool = False) -> str:
        """Full name of a value recorded now; ``unique`` numbers a name that is taken.

        Parameters
        ----------
        base : str
            The name without scope and time step, such as ``"h"``.
        unique : bool
            Whether a name that is taken is numbered.

        Returns
        -------
        str
            The full name.
        """
        full = self.scope + base + self.time
        count = 1
        while unique and full in self._by_name:
            count += 1
            full = f"{self.scope}{base}{count}{self.time}"
        return full

    def enter(self, value: Value, name: str, role: str, data: Array) -> None:
        """Enter a value under its full name. An operation that is applied calls this itself.

        Parameters
        ----------
        value : Value
            The value, not yet named.
        name : str
            Its full name.
        role : str
            ``"parameter"``, ``"input"``, ``"constant"`` or ``"result"``.
        data : ndarray
            Its numbers, which are made read-only.

        Raises
        ------
        TeachrnnError
            If the name is taken.
        """
        if name in self._by_name:
            raise TeachrnnError(
                f"the trace has a value named {name!r} already: give this one another name, "
                "or record it at another time step (trace.at)."
            )
        data.setflags(False)  # type: ignore[call-arg]  # by place: three times as fast
        value.trace_reference = self._reference
        value.name, value.t, value.role = name, self._t, role
        value.data, value.index = data, len(self.values)
        self.values.append(value)
        if isinstance(value, Op):
            self.ops.append(value)
        self._by_name[name] = value

    def _leaf(self, role: str, name: str, data: Array) -> Value:
        kind = data.dtype.kind
        if kind not in "iufc":
            raise DomainError(f"`{name}` must hold numbers, got an array of {data.dtype}.")
        if kind in "fc":
            self.check_finite(name, data)
        leaf = Value()
        self.enter(leaf, name, role, data)
        return leaf

    def check_finite(self, name: str, data: Array) -> None:
        """Refuse a leaf that is not finite, naming the first number.

        Parameters
        ----------
        name : str
            What the array is called.
        data : ndarray
            The array.

        Raises
        ------
        DomainError
            If a number is infinite or NaN, with its index.
        """
        if not np.isfinite(data).all():
            place = tuple(int(i) for i in np.argwhere(~np.isfinite(data))[0])
            raise DomainError(
                f"`{name}` holds {data[place]} at index {place}: a recorded input must be finite. "
                "Clean the data (np.nan_to_num), or find where the number came from."
            )

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        twin = object.__new__(type(self))
        memo[id(self)] = twin
        twin.__dict__.update(self.__dict__)
        twin._reference = weakref.ref(twin)
        twin.values, twin.ops = [], []
        for value in self.values:
            twin.values.append(_twin_of(value, twin))
            if isinstance(value, Op):
                twin.ops.append(twin.values[-1])  # type: ignore[arg-type]
        twin._by_name = {value.name: value for value in twin.values}
        twin.losses = [twin.values[value.index] for value in self.losses]
        twin.gradients = deepcopy(self.gradients, memo)
        return twin

    # Looking ---------------------------------------------------------------------------------

    def __getitem__(self, key: str | int) -> Value:
        if isinstance(key, str):
            if key in self._by_name:
                return self._by_name[key]
            raise NameLookupError(_unknown(key, list(self._by_name)))
        if not -len(self.values) <= key < len(self.values):
            raise NameLookupError(f"value {key} does not exist: the trace has {len(self)} values.")
        return self.values[key]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.values)

    def __repr__(self) -> str:
        return f"<Trace: {len(self.values)} values, {len(self.ops)} operations, T={self.T}>"

    @property
    def T(self) -> int:
        """Number of time steps."""
        return max((v.t for v in self.values if v.t is not None), default=0)

    @property
    def parameters(self) -> dict[str, Value]:
        """The parameters, by name."""
        return {v.name: v for v in self.values if v.role == "parameter"}

    @property
    def total_loss(self) -> Any:
        """L: the sum over every loss, that is over time steps and batch (nats)."""
        return sum((value.data.sum().item() for value in self.losses), start=0.0)

    def gradient(self, value: Value) -> Array | None:
        """Gradient of the loss with respect to a value; None means "not yet".

        Parameters
        ----------
        value : Value
            A value of this trace.

        Returns
        -------
        ndarray or None
            The gradient, of the value's shape.
        """
        return None if self.gradients is None else self.gradients.gradient(value)

    def summary(self) -> str:
        """The record as a table, one line per value.

        Returns
        -------
        str
            The table, without a line end after it.
        """
        rows = [("#", "name", "t", "made by", "shape")]
        for v in self.values:
            made_by = v.role
            if isinstance(v, Op):
                made_by = f"{type(v).__name__}({', '.join(o.name for o in v.operands)})"
            rows.append((str(v.index), v.name, "-" if v.t is None else str(v.t), made_by, str(v.shape)))
        return "\n".join(aligned(rows))

    # Doing it again --------------------------------------------------------------------------

    def recompute(self, changes: Mapping[str, Any]) -> dict[int, Array]:
        """Values that differ from the record when some values are given other numbers.

        Only what depends on a changed value is computed; a change without effect (an unread column
        of U, say) stops where it dies. A changed result is held at its new numbers: its own
        operation is not applied, even if its operands change, and all that follows from it is.
        With complex numbers this is the complex step: the real parts, which equal the recorded values
        up to rounding, are set to them, so that a network that amplifies rounding from step to step
        is differentiated where it was recorded.

        Parameters
        ----------
        changes : mapping
            New arrays by the name of the value, of the value's shape.

        Returns
        -------
        dict
            New arrays by the index of the value; what is not listed is as recorded.

        Raises
        ------
        NameLookupError, DomainError
            If there is no such value, or it has another shape.

        Examples
        --------
        >>> from teachrnn import Sum, Tanh
        >>> trace = Trace()
        >>> h = Tanh(trace.input("a", [0.0, 0.0]), name="h")
        >>> L = trace.loss(Sum(h, name="L"))
        >>> trace.recompute({"h": [0.5, 0.0]})[L.index]
        array(0.5)
        """
        new: dict[int, Array] = {}
        for name, data in changes.items():
            value = self[name]
            array = np.asarray(data)
            if array.shape != value.shape:
                raise DomainError(f"`{name}` has shape {value.shape}; it cannot become {array.shape}.")
            new[value.index] = array
        given = frozenset(new)
        complex_step = all(np.array_equal(new[i].real, self.values[i].data) for i in given)
        for op in self.ops:
            touched = [v.index for v in op.operands if v.index in new]
            if not touched or op.index in given:
                continue
            arrays = [new.get(v.index, v.data) for v in op.operands]
            data = np.asarray(computed(type(op).forward, *arrays))
            if given.issuperset(touched) and np.array_equal(data, op.data):
                continue
            if complex_step and data.dtype.kind == "c":
                data.real = op.data
            new[op.index] = data
        return new

    def loss_after(self, changes: Mapping[str, Any]) -> Any:
        """L when some values are given other numbers (see `recompute`).

        Parameters
        ----------
        changes : mapping
            New arrays by the name of the value, of the value's shape.

        Returns
        -------
        float or complex
            L, in nats.

        Raises
        ------
        NameLookupError, DomainError
            As `recompute`.
        """
        new = self.recompute(changes)
        return sum((new.get(v.index, v.data).sum() for v in self.losses), start=0.0)

    def replay(self, changes: Mapping[str, Any] | None = None) -> Trace:
        """Apply every recorded operation again; with ``changes``, to changed leaves.

        Parameters
        ----------
        changes : mapping, optional
            New arrays by the name of a leaf, of its shape.

        Returns
        -------
        Trace
            The new record.

        Raises
        ------
        ReplayError
            Without changes, if a value differs from the record in a single bit: then the record
            was altered, or an operation is not a function of its inputs.
        """
        new = {self[name].index: np.asarray(data) for name, data in (changes or {}).items()}
        again = Trace()
        for value in self.values:
            again.t = value.t
            if not isinstance(value, Op):
                again._leaf(value.role, value.name, np.array(new.get(value.index, value.data)))
                continue
            op = type(value)
            twin: Op = object.__new__(op)
            twin.operands = tuple(again.values[v.index] for v in value.operands)
            twin.code, twin.instruction = value.code, value.instruction
            arrays = [v.data for v in twin.operands]
            twin.binding = op.check(*arrays, where=f"{op.__name__} `{value.name}`")
            twin.name = value.name
            data = applied(op.forward, arrays, twin.binding.output, twin, "forward")
            again.enter(twin, value.name, "result", data)
            if changes is None and not np.array_equal(twin.data, value.data, equal_nan=True):
                raise ReplayError(
                    f"`{value.name}` was recorded as another value than {op.__name__} gives now: "
                    "the record does not reproduce itself."
                )
        again.t = None
        again.losses = [again.values[v.index] for v in self.losses]
        return again


def _twin_of(value: Value, trace: Trace) -> Value:
    """The same value in a copy of its trace, which holds those before it."""
    twin: Value = object.__new__(type(value))
    twin.trace_reference = trace._reference
    twin.name, twin.t, twin.role, twin.index = value.name, value.t, value.role, value.index
    twin.data = value.data.copy("K")  # another layout would be summed in another order
    twin.data.setflags(write=False)
    if isinstance(value, Op) and isinstance(twin, Op):
        twin.operands = tuple([trace.values[v.index] for v in value.operands])
        twin.binding, twin.code, twin.instruction = value.binding, value.code, value.instruction
    return twin


def _float_dtype(data: Any) -> np.dtype[Any]:
    """Parameters are floating point: whole numbers become float64."""
    dtype = np.asarray(data).dtype
    return np.dtype(np.float64) if dtype.kind in "iub" else dtype


def _unknown(key: str, names: list[str]) -> str:
    import difflib

    if key[:1] == "d" and key[1:] in names:
        return (
            f"a trace holds values, not gradients: trace[{key[1:]!r}].grad, after backpropagate(trace)."
        )
    near = difflib.get_close_matches(key, names, n=3) or names[:5]
    return f"no value is named {key!r}; did you mean {', '.join(near) or 'another trace'}?"
