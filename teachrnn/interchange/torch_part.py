"""Which part of what PyTorch saved is the network, and what to do about the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from teachrnn.array import Array
from teachrnn.errors import DomainError

RECURRENT = "weight_hh_l0"
"""What every recurrent module of PyTorch has, and nothing else."""


def refuse_checkpoint(source: Mapping[Any, Any]) -> None:
    """Refuse what a training loop saved, naming the part of it that is a network.

    Raises
    ------
    DomainError
        With the call that reads the part.
    """
    if not any(_is_part(entry) for entry in source.values()):
        return
    parts = [f"from_torch(checkpoint{place})" for place in _networks(source, "")]
    if not parts:
        raise DomainError(
            f"this dict is not a state dict; it contains some, but none is a recurrent network: no "
            f"entry is called ...{RECURRENT}. It holds: {', '.join(map(str, source))}."
        )
    raise DomainError(
        "this dict is a checkpoint, in which a network is one part among others. Pass that part: "
        f"{' or '.join(parts)}."
    )


def common_prefix(names: list[str], *, rnn: str, readout: str) -> str:
    """The prefix that a wrapper put before all names, such as ``module.`` or ``_orig_mod.``, or ""."""
    begun = f"{rnn}.{RECURRENT}"
    for name in names:
        prefix = name.removesuffix(begun)
        if name.endswith("." + begun) and all(n.startswith(prefix) for n in names):
            return prefix if f"{prefix}{readout}.weight" in names else ""
    return ""


def other_names(state: Mapping[str, Array]) -> str:
    """The call that names both parts as this state dict does; an example, where that is unclear."""
    rnns = [name.removesuffix("." + RECURRENT) for name in state if name.endswith("." + RECURRENT)]
    rnn, readout = "lstm", "fc"
    if len(rnns) == 1:
        rnn = rnns[0]
        m = state[f"{rnn}.{RECURRENT}"].shape[-1]
        linear = [name.removesuffix(".bias") for name in state if name.endswith(".bias")]
        fitting = [
            n for n in linear if f"{n}.weight" in state and state[f"{n}.weight"].shape[-1:] == (m,)
        ]
        readout = fitting[0] if len(fitting) == 1 else readout
    return f"from_torch(..., rnn={rnn!r}, readout={readout!r})"


def about_entry(name: str, state: Mapping[str, Array], *, rnn: str, prefix: str) -> str:
    """What to do about an entry that has no place in the network."""
    table, full = state[name], f"{prefix}{name}"
    inner = f"{rnn}.weight_ih_l0"
    if table.ndim == 2 and table.shape[1] == state[inner].shape[1] and name.endswith("weight"):
        return (
            f"It looks like an embedding of {table.shape[0]} symbols before `{prefix}{rnn}`; U takes "
            "the symbols themselves, so multiply it in, in the state dict: "
            f"state[{prefix + inner!r}] = state[{prefix + inner!r}] @ state.pop({full!r}).T."
        )
    return (
        "If the scores do not depend on it, pass the rest: "
        f"from_torch({{n: a for n, a in state.items() if n != {full!r}}})."
    )


def _is_part(entry: Any) -> bool:
    return isinstance(entry, Mapping) or hasattr(entry, "named_modules")


def _networks(source: Mapping[Any, Any], place: str) -> Iterator[str]:
    """Where in a checkpoint there are networks."""
    for name, entry in source.items():
        here = f"{place}[{name!r}]"
        names = entry if isinstance(entry, Mapping) else entry.state_dict() if _is_part(entry) else ()
        if any(str(n).endswith(RECURRENT) for n in names):
            yield here
        elif isinstance(entry, Mapping):
            yield from _networks(entry, here)
