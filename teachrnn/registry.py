"""Things by name: what makes adding one a single file."""

from __future__ import annotations

from typing import TypeVar

from teachrnn.errors import NameLookupError

T = TypeVar("T")


class Registry(dict[str, T]):
    """A dict that fills itself where things are defined, and says what there is when asked in vain.

    Parameters
    ----------
    what : str
        What its entries are called, in the singular.

    Examples
    --------
    >>> colours = Registry[int]("colour")
    >>> colours["red"], colours["blue"] = 0xFF0000, 0x0000FF
    >>> colours.find("rde")
    Traceback (most recent call last):
    ...
    teachrnn.errors.NameLookupError: no colour is named 'rde'; there are: blue, red.
    """

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def find(self, name: str) -> T:
        """The entry of that name.

        Raises
        ------
        NameLookupError
            Listing the names that exist.
        """
        if name not in self:
            raise NameLookupError(
                f"no {self.what} is named {name!r}; there are: {', '.join(sorted(self))}."
            )
        return self[name]
