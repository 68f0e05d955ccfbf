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
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from teachrnn.application import applied
from teachrnn.array import Array
from teachrnn.copying import NotPickled
from teachrnn.definition import check_rest, read_formula, read_gradients, read_inputs, read_output
from teachrnn.domain import Choice, Domain, Index, Reals
from teachrnn.errors import DomainError, ShapeError, TeachrnnError
from teachrnn.formulas.tree import Formula
from teachrnn.registry import Registry
from teachrnn.signature import Binding, Shape, Signature

if TYPE_CHECKING:
    from teachrnn.trace import Trace


MAX_FITS = 4096
"""How many combinations of shapes an operation remembers."""

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
        Its place in the trace.
    role : str
        ``"parameter"``, ``"input"``, ``"constant"`` or ``"result"``.
    """

    __slots__ = ("__weakref__", "data", "index", "name", "role", "t", "trace_reference")

    instead_of_pickle = "keep its trace with teachrnn.save_trace(trace, path)."
    trace_reference: Callable[[], Trace | None]
    name: str
    t: int | None
    data: Array
    index: int
    role: str

    @property
    def trace(self) -> Trace:
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
        gradients = self.trace.gradients
        return None if gradients is None else gradients.gradient(self)

    def __copy__(self) -> Self:
        return self  # nothing of it changes

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        trace = self.trace
        with_its_trace = id(trace) in memo
        copied: Trace = deepcopy(trace, memo)
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
        The definition a second time, on matrices of the module ``sp`` that is handed in: SymPy for
        the reference derivative, a typesetter for the formula that the reader sees. Vectors are
        columns. Whole-number inputs arrive as numbers.
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
        When the class is created: a part is missing, takes other arguments than it is handed, or
        does not fit the others; the message says what to write.
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
    gradients: ClassVar[dict[str, Callable[..., Array] | None]]
    """The gradient of each input, by the input's name."""
    differentiable: ClassVar[tuple[tuple[int, str, Callable[..., Array]], ...]]
    """Place, name and gradient of every input that has one."""
    shape_rule: ClassVar[Signature]
    definition: ClassVar[Formula]
    """The tree of ``formula``, in the names of the inputs."""
    known: ClassVar[Mapping[str, type[Op]]] = OPS
    """Every operation, by name, for formulas that name another one."""
    _fits: ClassVar[dict[tuple[Shape, ...], Binding]]
    """Input shapes that have been found to fit, with the sizes that they give the axes."""
    _any_value_will_do: ClassVar[bool]
    _only_indices: ClassVar[bool]
    _indices: ClassVar[tuple[tuple[int, Index], ...]]

    __slots__ = ("binding", "code", "instruction", "operands")

    operands: tuple[Value, ...]
    binding: Binding
    """The sizes of the axes; the same object for every application to the same shapes."""
    code: CodeType
    instruction: int
    """Where it was applied: an instruction of that code, which costs less to note than a line."""

    def __init_subclass__(cls, *, register: bool = True) -> None:
        super().__init_subclass__()
        cls.inputs = read_inputs(cls)
        cls.shape_rule = Signature.parse(cls.signature)
        if len(cls.shape_rule.inputs) != len(cls.inputs):
            raise TypeError(
                f"{cls.__name__}: signature {cls.signature} has {len(cls.shape_rule.inputs)} inputs, "
                f"forward has {len(cls.inputs)}: {', '.join(cls.inputs)}."
            )
        cls.definition = read_formula(cls)
        cls.gradients = read_gradients(cls)
        cls.differentiable = tuple(
            [(i, name, d) for i, (name, d) in enumerate(cls.gradients.items()) if d is not None]
        )
        cls.output = read_output(cls)
        check_rest(cls)
        cls._fits = {}
        demands = getattr(cls.requires, "__func__", None) is not Op.requires.__func__  # type: ignore[attr-defined]
        cls._any_value_will_do = not demands and all(isinstance(d, Reals) for d in cls.domain.values())
        cls._indices = tuple(
            (cls.inputs.index(name), d) for name, d in cls.domain.items() if isinstance(d, Index)
        )
        others = [d for d in cls.domain.values() if not isinstance(d, Index | Reals)]
        cls._only_indices = not demands and not others
        if register:
            OPS[cls.__name__] = cls

    @classmethod
    def check(cls, *arrays: Array, where: str | None = None) -> Binding:
        """Fit the inputs to the signature and the domains.

        Raises
        ------
        ShapeError
            An input's shape does not fit; the message says which input set each axis.
        DomainError
            A value lies outside the input's domain, or `requires` has a complaint.
        """
        binding = cls._fits.get(tuple([array.shape for array in arrays]))
        if binding is None:
            binding = cls._fit(arrays, where or cls.__name__)
        if not cls._any_value_will_do:
            cls._check_values(arrays, where or cls.__name__, binding)
        return binding

    @classmethod
    def _fit(cls, arrays: Sequence[Array], where: str) -> Binding:
        if len(arrays) != len(cls.inputs):
            raise ShapeError(
                f"{where}: got {len(arrays)} inputs but needs {len(cls.inputs)}: "
                f"{', '.join(cls.inputs)}."
            )
        shapes = tuple(array.shape for array in arrays)
        binding = cls.shape_rule.bind(where, cls.inputs, shapes, cls.shared)
        if len(cls._fits) < MAX_FITS:
            cls._fits[shapes] = binding
        return binding

    @classmethod
    def _check_values(cls, arrays: Sequence[Array], where: str, binding: Binding) -> None:
        for name, domain in cls.domain.items():
            array = arrays[cls.inputs.index(name)]
            if isinstance(domain, Index):
                cls._check_index(where, name, array, domain, binding)
            elif isinstance(domain, Choice) and not np.isin(array, domain.values).all():
                raise DomainError(f"{where}: `{name}` must hold only {domain.values}.")
        complaint = cls.requires(*arrays)
        if complaint:
            raise DomainError(f"{where}: {complaint}")

    @classmethod
    def _check_index(cls, where: str, name: str, array: Array, domain: Index, binding: Binding) -> None:
        if array.dtype.kind not in "iu":
            raise DomainError(
                f"{where}: `{name}` must hold whole numbers (an integer array), got {array.dtype}."
            )
        top = binding.sizes[domain.axis] - (0 if domain.end else 1)
        if array.ndim == 0:
            if 0 <= int(array) <= top:
                return
            at, worst = "", int(array)
        else:
            outside = np.flatnonzero((array < 0) | (array > top))
            if outside.size == 0:
                return
            place = tuple(int(i) for i in np.unravel_index(outside[0], array.shape))
            at, worst = f" at index {place}", int(array[place])
        raise DomainError(
            f"{where}: `{name}` holds {worst}{at} but must lie in 0..{top} "
            f"(axis {domain.axis} has size {binding.sizes[domain.axis]})."
        )

    @classmethod
    def requires(cls, *arrays: Array) -> str | None:
        """What else the inputs must satisfy: a complaint, or None. Overridden where needed."""
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
        binding = cls._fits.get(tuple([a.shape for a in arrays]))
        if binding is None or not (cls._any_value_will_do or cls._plainly_fit(arrays, binding)):
            binding = cls._check_for(full, arrays)
        self.binding = binding
        frame = sys._getframe(1)
        self.code, self.instruction = frame.f_code, frame.f_lasti
        self.name = full
        data = applied(cls.forward, arrays, binding.output, self, "forward")
        trace.enter(self, full, "result", data)
        trace.ops.append(self)

    @classmethod
    def _recorded(cls, operands: Sequence[Any]) -> tuple[Value, ...]:
        """Take the values of one trace as they are; record plain arrays as its constants."""
        trace: Trace | None = None
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

    @classmethod
    def _plainly_fit(cls, arrays: Sequence[Array], binding: Binding) -> bool:
        """Whether the values fit at a glance: single whole numbers, each within its axis."""
        if not cls._only_indices:
            return False
        for position, domain in cls._indices:
            array = arrays[position]
            if array.ndim or array.dtype.kind not in "iu":
                return False
            if not 0 <= int(array) < binding.sizes[domain.axis]:
                return False
        return True

    @classmethod
    def _check_for(cls, full: str, arrays: Sequence[Array]) -> Binding:
        """Check the inputs, and name the result in the complaint."""
        try:
            return cls.check(*arrays)
        except (ShapeError, DomainError) as error:
            message = str(error).replace(f"{cls.__name__}:", f"{cls.__name__} `{full}`:", 1)
            raise type(error)(message) from None

    def gradient_for(self, name: str, dy: Array) -> Array:
        """One chain-rule factor: this application's term of the gradient for input ``name``.

        Raises
        ------
        ShapeError, DomainError, TeachrnnError
            The gradient has another shape than its input, holds no numbers, or writes into what it
            was handed.
        """
        cls = type(self)
        gradient = cls.gradients[name]
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
