"""The one statement of shapes: NumPy's generalised-ufunc signatures, parsed and checked.

``(d),(h,d),(h)->(h)`` says that the first input is a vector of length d, the second an h by d
matrix, the third and the output vectors of length h. These are the *core* axes, the last ones of
each array. Axes in front of them are *leading* axes: time, batch, or both. Inputs that carry
leading axes must carry the same ones; an input may also have none, and is then shared by all
positions (a bias, say).

References
----------
NumPy, "Generalized universal function API".
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from teachrnn.errors import ShapeError

Axes = tuple[str, ...]
Shape = tuple[int, ...]

_ONE = r"\(\s*(?:[A-Za-z]\w*\s*(?:,\s*[A-Za-z]\w*\s*)*)?\)"
_WELL_FORMED = re.compile(rf"\s*{_ONE}\s*(?:,\s*{_ONE}\s*)*->\s*{_ONE}\s*")


@dataclass(frozen=True)
class Binding:
    """What a set of input shapes gives the letters of a signature.

    Attributes
    ----------
    sizes : dict
        The size of each axis of the inputs.
    leading : tuple of int
        The leading axes.
    output : tuple
        The shape of the output; None for an axis that no input has.
    """

    sizes: dict[str, int]
    leading: Shape
    output: tuple[int | None, ...]


@dataclass(frozen=True)
class Signature:
    """Core axes of every input and of the output."""

    text: str
    inputs: tuple[Axes, ...]
    output: Axes

    @classmethod
    def parse(cls, text: str) -> Signature:
        """Read ``(d),(h,d)->(h)``.

        Raises
        ------
        ValueError
            If the text is not of that form.

        Examples
        --------
        >>> Signature.parse("(d),(h,d)->(h)").inputs
        (('d',), ('h', 'd'))
        """
        if not _WELL_FORMED.fullmatch(text):
            raise ValueError(
                f"signature {text!r} is not of the form '(d),(h,d)->(h)': "
                "one bracket an input, an arrow, one bracket for the output"
            )
        left, _, right = text.partition("->")
        return cls(text, tuple(_axes(part) for part in re.findall(_ONE, left)), _axes(right))

    def letters(self) -> list[str]:
        """Axis letters of the inputs, in order of first appearance."""
        return list(dict.fromkeys(letter for axes in self.inputs for letter in axes))

    def bind(
        self, where: str, names: Axes, shapes: tuple[Shape, ...], shared: Collection[str]
    ) -> Binding:
        """Find the size of every axis letter, or say which input does not fit.

        Parameters
        ----------
        where : str
            Name of the operation, for the message.
        names : tuple of str
            Names of the inputs.
        shapes : tuple of tuple of int
            Their shapes.
        shared : frozenset of str
            Inputs that must not have leading axes (weights, used at every position).

        Raises
        ------
        ShapeError
            Naming the input, its shape, the shape needed, and the input that set each axis.
        """
        sizes: dict[str, int] = {}
        set_by: dict[str, str] = {}
        leading: Shape = ()
        leading_from = ""
        for name, axes, shape in zip(names, self.inputs, shapes, strict=True):
            if len(shape) < len(axes):
                raise self._misfit(where, name, shape, axes, sizes, set_by)
            split = len(shape) - len(axes)
            for letter, size in zip(axes, shape[split:], strict=True):
                if sizes.setdefault(letter, size) != size:
                    raise self._misfit(where, name, shape, axes, sizes, set_by)
                set_by.setdefault(letter, name)
            front = shape[:split]
            if not front:
                continue
            if name in shared:
                raise self._misfit(where, name, shape, axes, sizes, set_by)
            if not leading:
                leading, leading_from = front, name
            elif front != leading:
                raise ShapeError(
                    f"{where}: `{name}` has leading axes {front} but `{leading_from}` has {leading}; "
                    "leading axes (time, batch) must be the same, or absent."
                )
        return Binding(sizes, leading, leading + tuple(sizes.get(a) for a in self.output))

    def _misfit(
        self,
        where: str,
        name: str,
        shape: Shape,
        axes: Axes,
        sizes: dict[str, int],
        set_by: dict[str, str],
    ) -> ShapeError:
        known = [f"{a}={sizes[a]} (set by `{set_by[a]}`)" for a in axes if set_by.get(a, name) != name]
        needs = f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"
        return ShapeError(
            f"{where}: `{name}` has shape {shape} but {self.text} needs {needs}"
            + (f" with {', '.join(dict.fromkeys(known))}" if known else "")
            + "."
        )


def _axes(part: str) -> Axes:
    return tuple(letter.strip() for letter in part.strip().strip("()").split(",") if letter.strip())
