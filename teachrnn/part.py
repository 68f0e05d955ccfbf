"""The base of everything that has a registered name: defined, found and made in one way."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from typing import Any, ClassVar, Self

from teachrnn.errors import DomainError
from teachrnn.registry import Registry


class Part:
    """Base of every kind of part: cells, optimizers, samplers and so on.

    A kind names its registry, and what a part of it must define besides its ``name``. Defining a
    part enters it there; with ``register=False`` it is not entered.

    Examples
    --------
    >>> class Colour(Part, registry=Registry("colour"), required=("wavelength",)):
    ...     def __init__(self, *, alpha: float = 1.0):
    ...         self.alpha = alpha
    >>> class Red(Colour):
    ...     name = "red"
    ...     wavelength = 700
    >>> Colour.find("red") is Colour.find(Red) is Red
    True
    >>> Colour.make({"name": "red", "alpha": 0.5}).alpha
    0.5
    >>> class Green(Colour):
    ...     name = "green"
    Traceback (most recent call last):
    ...
    TypeError: Green must define `wavelength`; see help(teachrnn.Colour).
    """

    name: ClassVar[str]
    """Its name on the command line and in files."""
    registry: ClassVar[Registry[Any]]
    """Every part of its kind."""
    required: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(
        cls,
        *,
        registry: Registry[Any] | None = None,
        required: tuple[str, ...] = (),
        register: bool = True,
    ) -> None:
        super().__init_subclass__()
        if registry is not None:
            cls.registry, cls.required = registry, required
            return
        for part in ("name", *cls.required):
            if not hasattr(cls, part):
                kind = next(base for base in cls.__mro__ if "registry" in vars(base))
                where = f"{kind.__module__.rpartition('.')[0]}.{kind.__name__}"
                raise TypeError(f"{cls.__name__} must define `{part}`; see help({where}).")
        if register:
            cls.registry[cls.name] = cls

    @classmethod
    def find(cls, which: str | type[Self] | Self) -> type[Self]:
        """The class of that name; a class is returned as it is, and for an instance its class.

        Raises
        ------
        NameLookupError
            Listing the names that exist.
        """
        kind = which if isinstance(which, type) else type(which)
        if issubclass(kind, cls) and hasattr(kind, "name"):
            return kind
        found: type[Self] = cls.registry.find(which)
        return found

    @classmethod
    def make(
        cls, which: str | type[Self] | Self | Mapping[str, Any], *given: Any, **at_hand: Any
    ) -> Self:
        """An instance, from a name, a class, or settings with a ``name``; instances are returned as is.

        Parameters
        ----------
        which : str, type, instance or dict
            A dict holds the name, and keywords to call the class with.
        *given, **at_hand
            Further arguments; of the keywords, those that the class takes.

        Raises
        ------
        NameLookupError
            Listing the names that exist.
        DomainError
            If the settings have no name, one that the class does not take, or lack one that it needs.
        """
        if isinstance(which, cls):
            return which
        own = dict(which) if isinstance(which, Mapping) else {"name": which}
        if "name" not in own:
            raise DomainError(f"the settings {own} do not name the {cls.registry.what}: 'name'.")
        kind = cls.find(own.pop("name"))
        what, takes = f"the {cls.registry.what} {kind.name!r}", signature(kind).parameters
        settings = [name for name in list(takes)[len(given) :] if name not in at_hand]
        unknown = sorted(set(own) - set(settings))
        if unknown:
            raise DomainError(
                f"{what} has no setting {unknown[0]!r}; it has: {', '.join(settings) or 'none'}."
            )
        keywords = {name: value for name, value in at_hand.items() if name in takes} | own
        try:
            signature(kind).bind(*given, **keywords)
        except TypeError as error:
            raise DomainError(f"{what} cannot be made: {error}.") from error
        return kind(*given, **keywords)

    @classmethod
    def settings_of(cls, which: str | type[Self] | Self | Mapping[str, Any]) -> dict[str, Any]:
        """The settings from which `make` makes it, as JSON: its ``name``, and those that were given.

        Raises
        ------
        NameLookupError
            If it is not of this kind, listing those that exist.
        """
        if isinstance(which, Mapping):
            return dict(which)
        if isinstance(which, str):
            return {"name": which}
        own = which.settings() if isinstance(which, cls) else {}
        return {"name": cls.find(which).name, **own}

    def settings(self) -> dict[str, Any]:
        """What it was made with, by keyword: nothing, unless its kind says more."""
        return {}
