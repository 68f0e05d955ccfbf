"""The contract every operation obeys.

A class is the mathematics: a shape signature, a definition (``formula``), its value (``forward``)
and one gradient per input (``dx``, ``dW`` ...). An instance is one recorded application of it in a
trace: the values that went in, the value that came out, its name and its time step.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from types import CodeType
from typing import Any, ClassVar, Self

import numpy as np

from teachrnn.application import applied
from teachrnn.array import Array
from teachrnn.copying import NotPickled
from teachrnn.definition import define
from teachrnn.domain import Domain
from teachrnn.errors import TeachrnnError
from teachrnn.fitting import Fitting
from teachrnn.formulas.tree import Formula
from teachrnn.record import Record
from teachrnn.registry import Registry
from teachrnn.signature import Binding, Signature

OPS = Registry["type[Op]"]("operation")
"""Every operation, by name: filled by defining subclasses of `Op`."""


class Value(NotPickled):
    """A named, read-only array of a trace.

    A deep copy is the same value of a copy of its trace.

    Attributes
    ----------
    name : str
        Its address in the trace, such as ``"h[3]"``.
    t : int or None
        Its time step; parameters belong to no step.
    data : ndarray
        The recorded numbers (read-only).
    index : int
        Its position in the trace.
    role : str
        ``"parameter"``, ``"input"``, ``"constant"`` or ``"result"``.

    Examples
    --------
    >>> from teachrnn import Tanh, Trace
    >>> trace = Trace()
    >>> h = Tanh(trace.input("a", [0.0, 1.0]), name="h")
    >>> h.name, h.role, h.shape, h.grad
    ('h', 'result', (2,), None)
    """

    __slots__ = ("__weakref__", "data", "index", "name", "role", "t", "trace_reference")

    instead_of_pickle = "keep its trace with teachrnn.save_trace(trace, path)."
    trace_reference: Callable[[], Record[Value] | None]
    name: str
    t: int | None
    data: Array
    index: int
    role: str

    @property
    def trace(self) -> Record[Value]:
        """The record that the value belongs to.

        A value does not keep its trace alive: a trace and its values would keep each other, and
        every one of thousands of training steps would wait for the garbage collector.
        """
        trace = self.trace_reference()
        if trace is None:
            raise TeachrnnError(
                f"the trace that `{self.name}` belongs to is gone: keep the trace in a variable "
                "for as long as you use its values."
            )
        return trace

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the recorded array."""
        return self.data.shape

    @property
    def grad(self) -> Array | None:
        """Gradient of the loss with respect to this value; None means "not yet"."""
        return self.trace.gradient(self)

    def __copy__(self) -> Self:
        return self  # it is immutable

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        trace = self.trace
        with_its_trace = id(trace) in memo
        copied = deepcopy(trace, memo)
        twin = copied.values[self.index]
        if not with_its_trace:  # nobody else may keep the copy of the trace
            twin.trace_reference = lambda: copied
        return twin

    def __repr__(self) -> str:
        return f"<{self.role} {self.name} {self.shape}>"

    def _repr_html_(self) -> str:
        from teachrnn.views.page.card import card  # a view, loaded when first shown in a notebook

        return card(self)


class Op(Value):
    """Base of every operation.

    A subclass states, as static methods and class attributes:

    ``signature``
        Core shapes in NumPy's gufunc notation, such as ``"(d),(h,d),(h)->(h)"``.
    ``forward(x, W, b)``
        The value. Takes any leading (time, batch) axes.
    ``formula(sp, x, W, b)``
        The definition a second time, on matrices, in the words of ``sp`` (`teachrnn.formulas.Words`).
        It is called once, with letters; the tree that it returns is typeset, differentiated and taken
        apart. Vectors are columns; whole numbers are numbers.
    ``dx(dy, x, W, b, y)``, ``dW(...)`` ...
        The gradient of the loss with respect to each input, given the gradient ``dy`` of the loss
        with respect to the output; ``dx = None`` for an input that has none.
    ``shared``
        Inputs that never have leading axes: weights, used at every position.
    ``domain``
        Values an input may take, where not every real number will do.
    ``fuses``
        The operations that this one replaces, applied one after the other.

    Defining the subclass registers it in `OPS`; its tests, its reference derivative, its page in
    the docs and its drawing follow from the class. Applying it to recorded values records it::

        y = Affine(x, W, b, name="y")

    Raises
    ------
    TypeError
        When the class is created: a part is missing, takes other arguments than it is called with, or
        does not fit the others; the message says what to write.

    Examples
    --------
    >>> from teachrnn import Op, Trace
    >>> class Double(Op, register=False):
    ...     signature = "(n)->(n)"
    ...     @staticmethod
    ...     def formula(sp, x):
    ...         return 2 * x
    ...     @staticmethod
    ...     def forward(x):
    ...         return 2 * x
    ...     @staticmethod
    ...     def dx(dy, x, y):
    ...         return 2 * dy
    >>> trace = Trace()
    >>> Double(trace.input("x", [1.0, 3.0]), name="y").data
    array([2., 6.])
    """

    signature: ClassVar[str]
    forward: ClassVar[Callable[..., Array]]
    formula: ClassVar[Callable[..., Any]]
    shared: ClassVar[Sequence[str]] = ()
    domain: ClassVar[Mapping[str, Domain]] = {}
    fuses: ClassVar[tuple[type[Op], ...]] = ()

    inputs: ClassVar[tuple[str, ...]]
    """Names of the inputs, read from ``forward``."""
    output: ClassVar[str]
    """Name of the output, read from the gradients: ``dy`` makes it ``y``."""
    gradient_methods: ClassVar[dict[str, Callable[..., Array] | None]]
    """The gradient of each input, by the input's name."""
    differentiable: ClassVar[tuple[tuple[int, str, Callable[..., Array]], ...]]
    """Position, name and gradient of every input that has a gradient."""
    shape_rule: ClassVar[Signature]
    definition: ClassVar[Formula]
    """The tree of ``formula``, in the names of the inputs."""
    known: ClassVar[Mapping[str, type[Op]]] = OPS
    """Every operation, by name, for formulas that refer to another one."""
    fitting: ClassVar[Fitting]
    """Which arrays it accepts."""

    __slots__ = ("binding", "code", "instruction", "operands")

    operands: tuple[Value, ...]
    binding: Binding
    """The sizes of the axes; the same object for every application to the same shapes."""
    code: CodeType
    instruction: int
    """Where it was applied: an instruction of that code, which is cheaper to store than a line."""

    def __init_subclass__(cls, *, register: bool = True) -> None:
        super().__init_subclass__()
        own = getattr(cls.requires, "__func__", None)
        define(cls, demands=own is not Op.requires.__func__)  # type: ignore[attr-defined]
        if register:
            OPS[cls.__name__] = cls

    @classmethod
    def check(cls, *arrays: Array, where: str | None = None) -> Binding:
        """Fit the inputs to the signature and the domains.

        Parameters
        ----------
        *arrays : ndarray
            The inputs, in the order of ``forward``.
        where : str, optional
            What a message begins with; the name of the operation if not given.

        Returns
        -------
        Binding
            The sizes of the axes.

        Raises
        ------
        ShapeError
            An input's shape does not fit; the message says which input set each axis.
        DomainError
            A value is outside the input's domain, or `requires` objects.
        """
        return cls.fitting.check(arrays, where or cls.__name__)

    @classmethod
    def requires(cls, *arrays: Array) -> str | None:
        """What else the inputs must satisfy: what is wrong, or None. Override it where needed.

        Parameters
        ----------
        *arrays : ndarray
            The inputs, in the order of ``forward``; shapes and domains have been checked.

        Returns
        -------
        str or None
            What is wrong, in words; None if nothing is.
        """
        return None

    def __init__(self, *operands: Any, name: str | None = None) -> None:
        """Apply the operation to recorded values and record the application in their trace.

        Parameters
        ----------
        *operands : Value or array-like
            At least one recorded value; a plain array or number is recorded as a constant.
        name : str, optional
            Base name of the result; the trace adds the time step: ``"h"`` becomes ``"h[3]"``.
        """
        cls = type(self)
        try:
            reference = operands[0].trace_reference
            for operand in operands:
                if operand.trace_reference is not reference:
                    raise AttributeError
        except (AttributeError, IndexError):  # not all of them recorded, or not in one trace
            operands = cls._recorded(operands)
            reference = operands[0].trace_reference
        self.operands = operands
        trace = reference() or operands[0].trace  # the second says what to do where the trace is gone
        arrays = [v.data for v in operands]
        if name:
            full = trace.scope + name + trace.time
        else:
            full = trace.address(cls.__name__.lower(), unique=True)
        binding = cls.fitting.known(arrays)
        self.binding = binding or cls.check(*arrays, where=f"{cls.__name__} `{full}`")
        frame = sys._getframe(1)
        self.code, self.instruction = frame.f_code, frame.f_lasti
        self.name = full
        data = applied(cls.forward, arrays, self.binding.output, self, "forward")
        trace.enter(self, full, "result", data)

    @classmethod
    def _recorded(cls, operands: Sequence[Any]) -> tuple[Value, ...]:
        """Take the values of one trace as they are; record plain arrays as its constants."""
        trace: Record[Value] | None = None
        for operand in operands:
            if isinstance(operand, Value):
                if trace is None:
                    trace = operand.trace
                elif operand.trace is not trace:
                    raise TeachrnnError(f"{cls.__name__}: `{operand.name}` belongs to another trace.")
        if trace is None:
            raise TeachrnnError(
                f"{cls.__name__}: none of the inputs belongs to a trace. Record them first "
                f"(trace.input, trace.parameter), or use {cls.__name__}.forward for plain arrays."
            )
        return tuple([v if isinstance(v, Value) else trace.constant(v) for v in operands])

    def gradient_for(self, name: str, dy: Array) -> Array:
        """One chain-rule factor: this application's term of the gradient for input ``name``.

        Parameters
        ----------
        name : str
            Name of the input.
        dy : ndarray
            Gradient of the loss with respect to the output, of its shape.

        Returns
        -------
        ndarray
            The term, of the input's shape.

        Raises
        ------
        ShapeError, DomainError, TeachrnnError
            The gradient has another shape than its input, is not numeric, or writes into one of its
            arguments.
        """
        cls = type(self)
        gradient = cls.gradient_methods[name]
        if gradient is None:
            raise TeachrnnError(f"{cls.__name__}: input `{name}` has no gradient.")
        dy = np.asarray(dy).view()
        dy.setflags(write=False)
        arrays = [v.data for v in self.operands]
        shape = arrays[cls.inputs.index(name)].shape
        return applied(gradient, [dy, *arrays, self.data], shape, self, name)

    @property
    def line(self) -> int:
        """Number of the line that applied it; 0 where that is not known (a record from a file)."""
        lines = self.code.co_lines()
        return next((n for start, end, n in lines if n and start <= self.instruction < end), 0)

    def __repr__(self) -> str:
        operands = ", ".join(v.name for v in self.operands)
        return f"<{self.name} = {type(self).__name__}({operands}) {self.shape}>"
