"""What a training step leaves behind as a message between processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from teachrnn.array import Array
from teachrnn.diagnosis.updates import TrainingAnswer

ONE = ("own", "before", "after")
SEVERAL = ("memory", "memory_after")
ALONE = ("state", "states", "new_state")
PLAIN = ("hyper", "constants", "t", "clips", "speaks_of_norm", "loss", "losses", "said_sizes", "remarks")


def training_message(answer: TrainingAnswer) -> tuple[dict[str, Any], dict[str, Array]]:
    """An answer as what JSON can hold, and arrays."""
    arrays: dict[str, Array] = {}
    for part in ONE:
        arrays |= {f"{part}|{n}": a for n, a in getattr(answer, part).items()}
    for part in SEVERAL:
        for name, kept in getattr(answer, part).items():
            arrays |= {f"{part}|{name}|{n}": a for n, a in kept.items()}
    arrays |= {part: a for part in ALONE if (a := getattr(answer, part)) is not None}
    return {part: getattr(answer, part) for part in PLAIN}, arrays


def training_answer_of(said: Mapping[str, Any], arrays: Mapping[str, Array]) -> TrainingAnswer:
    """The answer of a message."""
    found: dict[str, Any] = {part: {} for part in (*ONE, *SEVERAL)}
    for name, array in arrays.items():
        part, *rest = name.split("|")
        if part in ALONE:
            found[part] = array
        elif part in ONE:
            found[part][rest[0]] = array
        else:
            found[part].setdefault(rest[0], {})[rest[1]] = array
    plain = {part: said[part] for part in PLAIN}
    plain["constants"] = tuple(plain["constants"])
    plain["losses"] = plain["losses"] and tuple(plain["losses"])
    return TrainingAnswer(**found, **plain)
