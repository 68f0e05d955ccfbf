"""Upgrades of old checkpoints, one version at a time."""

from __future__ import annotations

from typing import Any

from teachrnn.files import Parts

BEST = ("best_smooth", "best_validation")


def from_1_to_2(old: Parts) -> Parts:
    """From version 1, that of teachrnn 0.1.0.

    In it the training's arrays had no ``training.`` before their names. Loss and update of each best
    model were a list, and the array of its parameters had the name of the model; the recipe called
    ``max_symbols`` ``most``.
    """
    header, arrays = dict(old.header), {}
    for name, array in old.arrays.items():
        if name in BEST:
            name = f"{name}.theta"
        elif name.startswith("state."):
            name = f"carried.{name.removeprefix('state.')}"
        arrays[f"training.{name}"] = array
    if isinstance(header.get("recipe"), dict):
        header["recipe"] = renamed_settings(header["recipe"])
    training = header.get("training")
    if isinstance(training, dict):
        header["training"] = training | {n: _best(training[n]) for n in BEST if n in training}
    return Parts(header, arrays)


def renamed_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings of a recipe under their current names; current names are left as they are."""
    return {"max_symbols" if name == "most" else name: value for name, value in settings.items()}


def _best(loss_and_iteration: Any) -> Any:
    match loss_and_iteration:
        case [loss, iteration]:
            return {"loss": loss, "iteration": iteration}
    return loss_and_iteration


UPGRADES = (from_1_to_2,)
"""From version 1 to 2, from 2 to 3, and so on."""
