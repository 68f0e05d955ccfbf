"""A formula as a tree: what it is made of, before it is printed, taken apart or evaluated.

The nodes are matrix notation, as it stands on paper: vectors are columns, products are matrix
products, a sum without an index runs over time and batch. No node knows numbers or shapes.
Two trees are equal if they have the same structure.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Literal, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class Formula:
    """Base of every node; arithmetic on nodes makes nodes.

    A node is a frozen record of what its class declares, as a dataclass is: it compares by its
    fields. Twenty dataclasses would take longer to create than everything else in ``import teachrnn``.
    """

    _names: ClassVar[tuple[str, ...]] = ()
    """What the class declares, in order."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._names = tuple(inspect.get_annotations(cls)) or cls._names
        cls.__match_args__ = cls._names  # type: ignore[misc, attr-defined]  # patterns may give them in order

    def __init__(self, *given: Any, **named: Any) -> None:
        names = self._names
        if len(given) != len(names) or named:
            named |= zip(names, given, strict=False)
            lacking = [name for name in names if name not in named and not hasattr(type(self), name)]
            if lacking or len(given) > len(names) or not named.keys() <= set(names):
                raise TypeError(f"{type(self).__name__} takes ({', '.join(names)})")
            given = tuple(named.get(name, getattr(type(self), name, None)) for name in names)
        self.__dict__.update(zip(names, given, strict=True))  # past __setattr__, in the order of names

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a formula cannot be changed: make another {type(self).__name__}")

    def _fields(self) -> tuple[Any, ...]:
        return tuple(self.__dict__.values())

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash((type(self), self._fields()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names)
        return f"{type(self).__name__}({fields})"

    def changed(self, **fields: Any) -> Self:
        """The same node with some other fields.

        Parameters
        ----------
        **fields
            New values of fields, by name.

        Returns
        -------
        Formula
            A new node.
        """
        return type(self)(**self.__dict__ | fields)

    def __add__(self, other: Any) -> Formula:
        return Plus(self, lift(other))

    def __radd__(self, other: Any) -> Formula:
        return Plus(lift(other), self)

    def __sub__(self, other: Any) -> Formula:
        return Minus(self, lift(other))

    def __rsub__(self, other: Any) -> Formula:
        return Minus(lift(other), self)

    def __mul__(self, other: Any) -> Formula:
        return Product(self, lift(other))

    def __rmul__(self, other: Any) -> Formula:
        return Product(lift(other), self)

    def __truediv__(self, other: Any) -> Formula:
        return Quotient(self, lift(other))

    def __rtruediv__(self, other: Any) -> Formula:
        return Quotient(lift(other), self)

    def __pow__(self, exponent: Any) -> Formula:
        return Power(self, lift(exponent))

    def __neg__(self) -> Formula:
        return Negative(self)

    @property
    def T(self) -> Formula:
        """The transpose."""
        return Transpose(self)

    def applyfunc(self, function: Callable[[Each], Any]) -> Formula:
        """A function of one number, applied to every entry; in it, ``*`` multiplies numbers.

        Parameters
        ----------
        function : callable
            Called once, with a stand-in for an entry.

        Returns
        -------
        Formula
            The formula of the result.
        """
        return lift(function(Each(self)))

    def multiply_elementwise(self, other: Any) -> Formula:
        """Hadamard product: entry by entry.

        Parameters
        ----------
        other : Formula or number
            The other factor, of the same shape.

        Returns
        -------
        Formula
            The formula of the product.
        """
        return Elementwise(self, lift(other))

    def col_join(self, other: Any) -> Formula:
        """One column above the other.

        Parameters
        ----------
        other : Formula
            The column below.

        Returns
        -------
        Formula
            The formula of the longer column.
        """
        return Stack((self, lift(other)))

    def __getitem__(self, key: Any) -> Formula:
        """``p[y]``, an entry; ``U[:, x]``, a column; ``x[start:stop, :]``, some of the rows."""
        places = key if isinstance(key, tuple) else (key,)
        if len(places) == 2 and places[1] == slice(None):
            places = places[:1]
        return At(self, tuple(_place(place) for place in places))

    def __iter__(self) -> Iterator[Formula]:
        """Any one entry, the k-th: adding it to 0, as ``sum`` does, is the sum over k."""
        yield _Kth(self)

    def parts(self) -> tuple[Formula, ...]:
        """The nodes directly below.

        Returns
        -------
        tuple of Formula
            The nodes, from left to right.
        """
        return ()

    def renamed(self, names: Mapping[str, str]) -> Formula:
        """The same formula with other letters.

        Parameters
        ----------
        names : mapping
            New names by old ones; other letters stay.

        Returns
        -------
        Formula
            A new tree.
        """
        return self.rebuilt(lambda part: part.renamed(names))

    def rebuilt(self, change: Callable[[Formula], Formula]) -> Formula:
        """The same node over changed parts.

        Parameters
        ----------
        change : callable
            Applied to each part.

        Returns
        -------
        Formula
            A new node.
        """
        return self


class Letter(Formula):
    r"""A value by its name, or a gradient of the loss with respect to it.

    Attributes
    ----------
    name : str
        Such as ``W`` or, of a recorded value, ``layer2.h[3]``.
    kind : {"value", "total", "immediate"}
        ``"total"`` is the gradient $\mathrm{d}h$, ``"immediate"`` the part $\partial^+ h$ of it that
        comes through one use.
    user : str
        That use, where it is a part.
    """

    name: str
    kind: Literal["value", "total", "immediate"] = "value"
    user: str = ""

    def renamed(self, names: Mapping[str, str]) -> Formula:
        found = names.get(self.name, self.name)
        if self.kind == "value" and is_number(found):
            return Number(float(found) if "." in found or "e" in found else int(found))
        return self.changed(name=found)


class Number(Formula):
    """A number that is part of the formula."""

    value: int | float


class Index(Formula):
    """What a sum runs over, such as k."""

    name: str


class Size(Formula):
    """The length of an axis, by its letter in the signature."""

    axis: str


class _Inner(Formula):
    """A node with parts."""

    def parts(self) -> tuple[Formula, ...]:
        found: list[Formula] = []
        for value in self._fields():
            found += [p for p in (value if isinstance(value, tuple) else (value,)) if _is_node(p)]
        return tuple(found)

    def rebuilt(self, change: Callable[[Formula], Formula]) -> Formula:
        def new(value: Any) -> Any:
            if isinstance(value, tuple):
                return tuple(new(part) for part in value)
            return change(value) if _is_node(value) else value

        return type(self)(*map(new, self._fields()))


class Equation(_Inner):
    """Two sides."""

    left: Formula
    right: Formula


class Plus(_Inner):
    """A sum of two."""

    left: Formula
    right: Formula


class Minus(_Inner):
    """A difference."""

    left: Formula
    right: Formula


class Negative(_Inner):
    """The negative."""

    of: Formula


class Product(_Inner):
    """The matrix product; with a number, every entry times it."""

    left: Formula
    right: Formula


class Elementwise(_Inner):
    """The product entry by entry."""

    left: Formula
    right: Formula


class Quotient(_Inner):
    """A quotient, entry by entry; ``slash`` writes it in the line."""

    left: Formula
    right: Formula
    slash: bool = False


class Power(_Inner):
    """A power, entry by entry."""

    base: Formula
    exponent: Formula


class Transpose(_Inner):
    """Rows become columns."""

    of: Formula


class Function(_Inner):
    """An elementary function by its name (see `teachrnn.formulas.functions`), entry by entry."""

    name: str
    arguments: tuple[Formula, ...]


class Applied(_Inner):
    """An operation with one input by its name, as in softmax(o)."""

    operation: str
    argument: Formula


class OneHot(_Inner):
    """The vector that is 1 at a place and 0 elsewhere."""

    place: Formula


class Filled(_Inner):
    """A vector of zeros or ones; if no length is given, as long as it needs to be."""

    value: Literal[0, 1]
    length: Formula | None = None


class Comparison(_Inner):
    """Iverson bracket: 1 where the condition is true, 0 elsewhere."""

    sign: Literal["<", ">"]
    left: Formula
    right: Formula


class Stack(_Inner):
    """Columns, one above the other."""

    columns: tuple[Formula, ...]


class Sum(_Inner):
    """A sum over an index; without one, over time and batch."""

    index: str | None
    body: Formula


class Span(_Inner):
    """From one place to before another, as a slice in Python; None is the end."""

    start: Formula | None
    stop: Formula | None


class At(_Inner):
    """An entry, a column or a slice."""

    base: Formula
    places: tuple[Formula, ...]


class Call(_Inner):
    """Something by its name only, where no formula is known."""

    name: str
    arguments: tuple[Formula, ...]


class Dots(Formula):
    """What was left out of a long sum."""


class Each:
    """Any entry of a formula, inside ``applyfunc``: here ``*`` multiplies numbers."""

    def __init__(self, of: Formula) -> None:
        self.of = of

    def __add__(self, other: Any) -> Each:
        return Each(self.of + lift(other))

    def __radd__(self, other: Any) -> Each:
        return Each(lift(other) + self.of)

    def __sub__(self, other: Any) -> Each:
        return Each(self.of - lift(other))

    def __rsub__(self, other: Any) -> Each:
        return Each(lift(other) - self.of)

    def __mul__(self, other: Any) -> Each:
        return Each(_times(self.of, lift(other)))

    def __rmul__(self, other: Any) -> Each:
        return Each(_times(lift(other), self.of))

    def __truediv__(self, other: Any) -> Each:
        return Each(self.of / lift(other))

    def __rtruediv__(self, other: Any) -> Each:
        return Each(lift(other) / self.of)

    def __pow__(self, exponent: Any) -> Each:
        return Each(self.of ** lift(exponent))

    def __neg__(self) -> Each:
        return Each(-self.of)


class _Kth(At):
    """Any one entry of a formula, k, on its way into a sum."""

    def __init__(self, of: Formula) -> None:
        super().__init__(of, (Index("k"),))

    def __radd__(self, other: Any) -> Formula:
        if other == 0:  # where ``sum`` begins
            return Sum("k", At(self.base, self.places))
        return super().__radd__(other)


def lift(x: Any) -> Formula:
    """A number as a formula; a formula as it is.

    Raises
    ------
    TypeError
        If it is neither.
    """
    if isinstance(x, Each):
        return x.of
    if isinstance(x, Formula):
        return x
    if isinstance(x, int | float) and not isinstance(x, bool):
        return Number(x)
    raise TypeError(f"a formula is made of letters and numbers, not of {x!r}")


def walk(formula: Formula) -> Iterator[Formula]:
    """Every node, the outermost first."""
    yield formula
    for part in formula.parts():
        yield from walk(part)


def over_all(body: Formula, index: str) -> Formula:
    """What a sum adds up, for all values of its index at once: the vectors themselves.

    Examples
    --------
    >>> k, (u, v) = Index("k"), map(Letter, "uv")
    >>> over_all(u[k] * v[k], "k") == u.multiply_elementwise(v)
    True
    """
    if isinstance(body, At) and body.places == (Index(index),):
        return body.base
    if isinstance(body, Product) and all(Index(index) in walk(part) for part in body.parts()):
        body = Elementwise(*body.parts())
    return body.rebuilt(lambda part: over_all(part, index))


def is_number(name: str) -> bool:
    """Whether a name is that of a number, such as the 0.5 of a definition."""
    try:
        float(name)
    except ValueError:
        return False
    return name.lower() not in ("nan", "inf", "infinity")


def _times(a: Formula, b: Formula) -> Formula:
    return Product(a, b) if isinstance(a, Number) or isinstance(b, Number) else Elementwise(a, b)


def _is_node(value: Any) -> bool:
    return isinstance(value, Formula)


def _place(place: Any) -> Formula:
    if not isinstance(place, slice):
        return lift(place)
    if place.step is not None:
        raise TypeError("a slice in a formula has no step")
    start, stop = (None if end is None else lift(end) for end in (place.start, place.stop))
    return Span(start, stop)
