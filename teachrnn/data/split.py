"""A part of the text that training never sees."""

from __future__ import annotations

from teachrnn.array import Array
from teachrnn.errors import DomainError


def split(tokens: Array, *, validation: float = 0.1, end: int | None = None) -> tuple[Array, Array]:
    """Keep the end of a text for validation; both parts are views, nothing is copied.

    Neighbouring sequences of a text resemble each other: sequences held out at random would
    resemble those trained on, and the loss on them would be too low. One contiguous part avoids that.

    Parameters
    ----------
    tokens : ndarray of int
        The text, (N,).
    validation : float
        Which share of it is held out, between 0 and 1.
    end : int, optional
        Number of the symbol that ends an item (see `join_items`): the cut is made at the first one
        from there on, which closes the one part and opens the other.

    Returns
    -------
    tuple of (ndarray, ndarray)
        The part to train on, and the part that is held out.

    Raises
    ------
    DomainError
        If a part would have fewer than two symbols, one to read and one to predict.

    Examples
    --------
    >>> import numpy as np
    >>> train, held_out = split(np.arange(10), validation=0.2)
    >>> train, held_out
    (array([0, 1, 2, 3, 4, 5, 6, 7]), array([8, 9]))
    """
    if not 0 < validation < 1:
        raise DomainError(f"the share held out is {validation} but must be between 0 and 1.")
    cut = len(tokens) - round(validation * len(tokens))
    shared = 0
    if end is not None:
        while cut < len(tokens) and tokens[cut] != end:
            cut += 1
        shared = 1
    train, held_out = tokens[: cut + shared], tokens[cut:]
    if min(len(train), len(held_out)) < 2:
        raise DomainError(
            f"a text of {len(tokens)} symbols cannot be split with {validation:g} of it held out: "
            f"training would have {len(train)}, validation {len(held_out)}, and each needs two or more. "
            "Take a longer text, or hold nothing out: --validation 0."
        )
    return train, held_out
