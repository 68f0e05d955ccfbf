"""Things by name: what makes adding one a single file."""

from __future__ import annotations

from typing import Any, TypeVar

from teachrnn.errors import NameLookupError

T = TypeVar("T")


class Registry(dict[str, T]):
    """A dict that definitions enter themselves in, and that lists its names when one is unknown.

    A name belongs to the module that took it first: it may be redefined there, as in a notebook
    cell that is run again, and nowhere else. So a class that forgets to take a name of its own does
    not replace the one it inherits from.

    Parameters
    ----------
    what : str
        What its entries are called, in the singular.

    Examples
    --------
    >>> colours = Registry[int]("colour")
    >>> colours["red"], colours["blue"] = 0xFF0000, 0x0000FF
    >>> colours["rde"]
    Traceback (most recent call last):
    ...
    teachrnn.errors.NameLookupError: no colour is named 'rde'; there are: blue, red. Did you mean red?
    """

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def __setitem__(self, name: str, entry: T) -> None:
        """Enter something.

        Raises
        ------
        TypeError
            If the name is taken, in another module.
        """
        taken, module = (getattr(e, "__module__", "") for e in (self.get(name, entry), entry))
        if taken != module:
            raise TypeError(
                f"the name {name!r} is that of another {self.what}, in {taken}: give "
                f"{getattr(entry, '__qualname__', 'this one')} a name of its own."
            )
        super().__setitem__(name, entry)

    def __missing__(self, name: Any) -> T:
        import difflib  # here: a fortieth of the time of `import teachrnn`, and few look up a wrong name

        near = difflib.get_close_matches(str(name), self, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise NameLookupError(
            f"no {self.what} is named {name!r}; there are: {', '.join(sorted(self))}.{meant}"
        )

    def find(self, name: str | T) -> T:
        """The entry of that name; an entry itself is returned as it is.

        Raises
        ------
        NameLookupError
            Listing the names that exist.
        """
        if isinstance(name, str):
            return self[name]
        return name if name in self.values() else self.__missing__(name)
