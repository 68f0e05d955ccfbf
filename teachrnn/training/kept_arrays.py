"""The arrays in which a training is kept: which there must be, and of what shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import DomainError
from teachrnn.models import CharRNN

BEST = ("best_smooth", "best_validation")
"""The best models by name: parameters under it, state vectors under ``name.state.``."""


def check_arrays(arrays: Mapping[str, Array], model: CharRNN, *, path: Sequence[int] | None) -> None:
    """Refuse arrays that a training of this model cannot have been kept in.

    The names of the optimizer's vectors are left to the optimizer, which need not be defined where
    the model is only to write.

    Parameters
    ----------
    arrays : mapping
        What `Training.state` gave, by name.
    model : CharRNN
        What they belong to.
    path : sequence of int, optional
        T and B of the last sequences that were read; None before the first.

    Raises
    ------
    DomainError
        Naming an array that is missing, is too many, or has another shape or precision.
    """
    theta, m = model.parameters.flat, (model.hidden,)
    needed: dict[str, tuple[int, ...]] = dict.fromkeys(("theta", *BEST), theta.shape)
    for name in model.state_names():
        needed |= {f"{best}.state.{name}": m for best in BEST}
        if path is not None:
            _, B = path
            needed[f"state.{name}"] = (B, *m)
    optimizer = {name for name in arrays if name.startswith("optimizer.")}
    needed |= dict.fromkeys(optimizer - {"optimizer.t"}, theta.shape)
    kept = set(arrays) - {"optimizer.t"}
    for what, names in (("is missing", set(needed) - kept), ("is too many", kept - set(needed))):
        if names:
            raise DomainError(f"the array {min(names)!r} {what}")
    for name, shape in needed.items():
        if arrays[name].shape != shape or arrays[name].dtype != theta.dtype:
            raise DomainError(
                f"the array {name!r} is {arrays[name].dtype} of shape {arrays[name].shape}, but must be "
                f"{theta.dtype} of shape {shape}"
            )
    t = arrays.get("optimizer.t")
    if t is None or t.shape or not np.issubdtype(t.dtype, np.integer):
        raise DomainError(
            "the array 'optimizer.t', the number of updates, is missing or no whole number"
        )
