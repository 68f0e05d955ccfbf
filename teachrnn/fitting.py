"""Which arrays an operation accepts: shapes that fit its signature, values that its inputs may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from teachrnn.array import Array
from teachrnn.domain import Choice, Domain, Index, Reals
from teachrnn.errors import DomainError, ShapeError
from teachrnn.signature import Binding, Shape, Signature

MAX_FITS = 4096
"""Combinations of shapes that an operation remembers, at most."""


class Fitting:
    """The inputs of one operation: their names, shapes and values.

    Shapes that were found to fit are remembered. Recording calls `known` for every application, and
    `check`, the full check, only for what `known` does not recognise.

    Parameters
    ----------
    inputs : tuple of str
        Names of the inputs.
    signature : Signature
        Their shapes.
    shared : sequence of str
        Those that never have leading axes.
    domain : mapping
        The values that some may take.
    requires : callable, optional
        What else they must satisfy: it returns what is wrong, as text, or None.
    """

    __slots__ = ("_any_value_will_do", "_domain", "_fits", "_indices", "_inputs", "_only_indices",
                 "_requires", "_shared", "_signature")  # fmt: skip

    def __init__(
        self,
        inputs: tuple[str, ...],
        signature: Signature,
        *,
        shared: Sequence[str],
        domain: Mapping[str, Domain],
        requires: Callable[..., str | None] | None,
    ) -> None:
        self._inputs, self._signature, self._shared = inputs, signature, shared
        self._domain, self._requires = domain, requires
        self._fits: dict[tuple[Shape, ...], Binding] = {}
        some = [d for d in domain.values() if not isinstance(d, Reals)]
        self._any_value_will_do = requires is None and not some
        self._only_indices = requires is None and all(isinstance(d, Index) for d in some)
        self._indices = [(inputs.index(n), d) for n, d in domain.items() if isinstance(d, Index)]

    def known(self, arrays: Sequence[Array]) -> Binding | None:
        """The axes of inputs that are known to fit; None where the full check is needed.

        Their shapes have been seen, and any value is allowed, or they are single whole numbers.
        """
        binding = self._fits.get(tuple([array.shape for array in arrays]))
        if binding is None or self._any_value_will_do:
            return binding
        if not self._only_indices:
            return None
        for position, domain in self._indices:
            array = arrays[position]
            if array.ndim or array.dtype.kind not in "iu":
                return None
            if not 0 <= int(array) < binding.sizes[domain.axis]:
                return None
        return binding

    def check(self, arrays: Sequence[Array], where: str) -> Binding:
        """The axes that the inputs give, or an error whose message begins with ``where``.

        Raises
        ------
        ShapeError
            An input's shape does not fit; the message says which input set each axis.
        DomainError
            A value is outside the input's domain, or ``requires`` objects.
        """
        shapes = tuple([array.shape for array in arrays])
        binding = self._fits.get(shapes)
        if binding is None:
            binding = self._bind(shapes, where)
        if not self._any_value_will_do:
            self._check_values(arrays, where, binding)
        return binding

    def _bind(self, shapes: tuple[Shape, ...], where: str) -> Binding:
        if len(shapes) != len(self._inputs):
            raise ShapeError(
                f"{where}: got {len(shapes)} inputs but needs {len(self._inputs)}: "
                f"{', '.join(self._inputs)}."
            )
        binding = self._signature.bind(where, self._inputs, shapes, self._shared)
        if len(self._fits) < MAX_FITS:
            self._fits[shapes] = binding
        return binding

    def _check_values(self, arrays: Sequence[Array], where: str, binding: Binding) -> None:
        for name, domain in self._domain.items():
            array = arrays[self._inputs.index(name)]
            if isinstance(domain, Index):
                _check_index(where, name, array, domain, binding)
            elif isinstance(domain, Choice) and not np.isin(array, domain.values).all():
                raise DomainError(f"{where}: `{name}` must hold only {domain.values}.")
        complaint = self._requires and self._requires(*arrays)
        if complaint:
            raise DomainError(f"{where}: {complaint}")


def _check_index(where: str, name: str, array: Array, domain: Index, binding: Binding) -> None:
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
