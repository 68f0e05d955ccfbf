"""What makes of an old checkpoint a new one, a version at a time."""

from __future__ import annotations

from typing import Any

from teachrnn.files import Parts

BEST = ("best_smooth", "best_validation")


def of_0_1_0(old: Parts) -> Parts:
    """From version 1, in which the training's arrays had no ``training.`` before their names.

    Of each best model, loss and update stood in a list, and its parameters went by its own name; the
    recipe called ``max_symbols`` ``most``.
    """
    header, arrays = dict(old.header), {}
    for name, array in old.arrays.items():
        if name in BEST:
            name = f"{name}.theta"
        elif name.startswith("state."):
            name = f"carried.{name.removeprefix('state.')}"
        arrays[f"training.{name}"] = array
    if isinstance(header.get("recipe"), dict):
        header["recipe"] = recipe_of_0_1_0(header["recipe"])
    training = header.get("training")
    if isinstance(training, dict):
        header["training"] = training | {n: _best(training[n]) for n in BEST if n in training}
    return Parts(header, arrays)


def recipe_of_0_1_0(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings of a recipe by the names that they have now; those of now are left as they are."""
    return {"max_symbols" if name == "most" else name: value for name, value in settings.items()}


def _best(loss_and_iteration: Any) -> Any:
    match loss_and_iteration:
        case [loss, iteration]:
            return {"loss": loss, "iteration": iteration}
    return loss_and_iteration


UPGRADES = (of_0_1_0,)
"""From version 1 to 2, from 2 to 3, and so on."""
