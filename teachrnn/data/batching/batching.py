"""The contract of a batching: which sequences of a text are read, in which order."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypedDict

import numpy as np

from teachrnn.array import Array
from teachrnn.chance import generator_state, restore_generator
from teachrnn.copying import CopiedWhole
from teachrnn.data.batching.batch import Batch
from teachrnn.errors import DomainError, FileFormatError, ShapeError
from teachrnn.hyper_parameter import check_counts
from teachrnn.part import Part
from teachrnn.registry import Registry

BATCHINGS = Registry["type[Batching]"]("batching")
"""Every batching, by the name used on the command line: filled by defining subclasses of `Batching`."""


class BatchingState(TypedDict):
    """The position of a batching, as JSON can hold it.

    Attributes
    ----------
    settings : dict
        Its `Batching.settings`.
    symbols : int
        N, the symbols of the text.
    place : dict
        Its ``moving`` attributes.
    random : dict or None
        The state of its generator of random numbers, if it has one.
    """

    settings: dict[str, Any]
    symbols: int
    place: dict[str, Any]
    random: dict[str, Any] | None


class Batching(CopiedWhole, Part, registry=BATCHINGS):
    """Base of every batching: an iterator over batches that never ends.

    A subclass has a ``name``, `__next__`, `batches_per_epoch`, and says which of its attributes are
    ``fixed``, as it was made, and which are ``moving`` from batch to batch; a generator of random
    numbers is its ``rng``. That is enough to save and restore it; so moving attributes are replaced,
    never changed in place.

    No batching copies the text: it may be a `numpy.memmap` that is larger than the memory. The
    arrays of a batch are copies.

    Parameters
    ----------
    tokens : ndarray of int
        The text, (N,), of any type of whole numbers.
    length : int
        T, the symbols of a sequence.

    Raises
    ------
    ShapeError
        If the tokens are not a vector of whole numbers.
    DomainError
        If the text is too short for a sequence and the symbol after it.

    Examples
    --------
    >>> from teachrnn import Batching, InOrder
    >>> Batching.find("in-order") is InOrder
    True
    >>> batches = InOrder(np.arange(9), length=4)
    >>> batches.batches_per_epoch, next(batches).x.shape
    (2, (4, 1))
    """

    fixed: ClassVar[tuple[str, ...]] = ("length",)
    moving: ClassVar[tuple[str, ...]] = ("epoch", "start")

    def __init__(self, tokens: Array, *, length: int) -> None:
        if tokens.ndim != 1 or tokens.dtype.kind not in "iu":
            raise ShapeError(
                f"the tokens are {tokens.dtype} of shape {tokens.shape}: a vector of whole numbers is "
                "needed, Vocabulary.of(text).encode(text)."
            )
        check_counts(type(self).__name__, least=0, length=length)
        self.tokens = np.asarray(tokens)  # slicing a memmap directly takes ten times as long
        self.length = length
        self.rng: np.random.Generator | None = None
        self.epoch, self.start = 1, 0
        check_length(length, within=len(tokens), what="text")

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Batch:
        raise NotImplementedError

    @property
    def batches_per_epoch(self) -> int:
        """How many batches, hence updates, make one pass through the text."""
        raise NotImplementedError

    @property
    def sequences_per_epoch(self) -> int:
        """How many sequences make one pass through the text: B for each batch."""
        return self.batches_per_epoch * int(getattr(self, "batch", 1))

    def settings(self) -> dict[str, Any]:
        """Its name and settings, for a report."""
        return {"name": self.name} | {name: getattr(self, name) for name in self.fixed}

    def state(self) -> BatchingState:
        """Its position, for a JSON file: after `restore`, the same batches follow, bit for bit.

        Returns
        -------
        BatchingState
            As ``json.dumps`` takes it.
        """
        place = {name: getattr(self, name) for name in self.moving}
        random = None if self.rng is None else generator_state(self.rng)
        return {
            "settings": self.settings(),
            "symbols": len(self.tokens),
            "place": place,
            "random": random,
        }

    def restore(self, state: BatchingState) -> None:
        """Go to the position of another batching with the same text and settings.

        Parameters
        ----------
        state : BatchingState
            What `state` returned.

        Raises
        ------
        FileFormatError
            If the state is that of another batching or text.
        """
        own = {"settings": self.settings(), "symbols": len(self.tokens)}
        for name, needed in own.items():
            if state.get(name) != needed:
                raise FileFormatError(
                    f"the saved position is that of another batching: {name} was {state.get(name)!r} "
                    f"and is {needed!r} here. Use the text and the settings that it was saved with."
                )
        place = state["place"]
        for name in self.moving:
            given, kind = place.get(name), type(getattr(self, name))
            if type(given) is not kind:
                raise FileFormatError(
                    f"the saved position has {name} = {given!r}, but {kind.__name__} is needed."
                )
        if self.rng is not None:
            restore_generator(self.rng, state["random"])
        for name in self.moving:
            setattr(self, name, place[name])


def check_length(length: int, *, within: int, what: str) -> None:
    """Refuse sequences for which a part of the text is too short.

    Raises
    ------
    DomainError
        Saying how long it must be.
    """
    if not 1 <= length < within:
        raise DomainError(
            f"a sequence of {length} symbols and the one after it need a {what} of at least "
            f"{max(length, 1) + 1}; this one has {within}. Choose another sequence length."
        )
