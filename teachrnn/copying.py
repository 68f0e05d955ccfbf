"""What `copy` and `pickle` make of objects whose parts change together.

Half a copy is worse than none: an optimizer with a count of its own, but with the vectors
of the original, silently gives wrong numbers.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, ClassVar, NoReturn, Self

from teachrnn.errors import TeachrnnError


class CopiedWhole:
    """``copy.copy`` does what ``copy.deepcopy`` does: the copy shares nothing with the original."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return deepcopy(self)


class NotPickled:
    """`pickle` is refused, with what to do instead."""

    __slots__ = ()

    instead_of_pickle: ClassVar[str]

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TeachrnnError(f"a {type(self).__name__} cannot be pickled: {self.instead_of_pickle}")
