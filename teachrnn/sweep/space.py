"""The space of a search: every hyper-parameter that is searched over, applied to a recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from teachrnn.errors import DomainError, NameLookupError, TeachrnnError
from teachrnn.recipes import RULES, Recipe
from teachrnn.runs import Run, Source
from teachrnn.sweep.axis import Axis, Setting, parse_axis

SHORT = {"eta": "optimizer.eta"}
"""Names that have a short form."""

SETTINGS = ("cell", "hidden", "layers", "dtype", "length", "reduction")
"""Settings of a recipe that can be searched over, like those of its rules: ``optimizer.gamma``."""

NEEDED: dict[type, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "a name",
}
"""What a setting must be, in words."""

Point = dict[str, Setting]
"""A value for each hyper-parameter, by name."""


@dataclass(frozen=True)
class Space:
    """Hyper-parameters with their possible values, from which random search draws.

    Random search tries as many values of each hyper-parameter as it has trials; a grid with the same
    number of trials tries the same few again and again.

    Attributes
    ----------
    axes : tuple of Axis
        One for each hyper-parameter.

    References
    ----------
    Bergstra & Bengio (2012), Random search for hyper-parameter optimization, figure 1.

    Examples
    --------
    >>> space = Space.parse(["eta=0.01:1:log", "hidden=50,100,200"])
    >>> space.draw(np.random.default_rng(0))
    {'eta': 0.1879, 'hidden': 100}
    """

    axes: tuple[Axis, ...]

    @classmethod
    def parse(cls, texts: Sequence[str]) -> Self:
        """Read each hyper-parameter as `parse_axis` does.

        Parameters
        ----------
        texts : sequence of str
            One hyper-parameter each, such as ``eta=0.001:0.1``.

        Returns
        -------
        Space
            The space.

        Raises
        ------
        DomainError
            If there is none, one is given twice, or one cannot be read.
        NameLookupError
            If there is no such hyper-parameter, or losses could not be compared along it.
        """
        axes = tuple(parse_axis(text) for text in texts)
        if not axes:
            raise DomainError("there is no hyper-parameter to search over: name one: eta=0.01:1:log.")
        known: dict[str, str] = {}
        for axis in axes:
            full = SHORT.get(axis.name, axis.name)
            if full in known:
                raise DomainError(f"`{axis.name}` is given twice: as {known[full]!r} and {str(axis)!r}.")
            known[full] = str(axis)
            rule, dot, setting = full.partition(".")
            if not (full in SETTINGS or (dot and setting and rule in RULES)):
                raise NameLookupError(
                    f"`{axis.name}` cannot be searched over; there are: "
                    f"{', '.join([*SETTINGS, *SHORT])}, "
                    f"and the settings of {', '.join(RULES)}, such as optimizer.gamma."
                )
        return cls(axes)

    def draw(self, rng: np.random.Generator) -> Point:
        """A value of each at random.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of the random numbers.

        Returns
        -------
        dict
            Values by name.
        """
        return {axis.name: axis.draw(rng) for axis in self.axes}

    def narrow(self, best: Sequence[Point]) -> Self:
        """The part of the space around the best trials.

        A range shrinks as far as the best trials agree. If their values are spread all over it, the
        hyper-parameter matters little, or little is known, and the range stays wide.

        Parameters
        ----------
        best : sequence of Values
            The values of the best trials.

        Returns
        -------
        Space
            A smaller space.
        """
        return type(self)(tuple(axis.narrow([b[axis.name] for b in best]) for axis in self.axes))

    def check(self, recipe: Recipe, source: Source) -> None:
        """Set a run up at the extremes of every axis, so that a mistake shows before anything starts.

        Parameters
        ----------
        recipe : Recipe
            The recipe whose settings are varied.
        source : Source
            The text.

        Raises
        ------
        TeachrnnError
            If the recipe, or the text, does not allow a value; the message names the hyper-parameter.
        """
        first = {axis.name: axis.extremes()[0] for axis in self.axes}
        for axis in self.axes:
            for value in axis.extremes():
                _check_kind(axis, value, recipe)
                values = first | {axis.name: value}
                tried = ", ".join(f"{name}={value}" for name, value in values.items())
                try:
                    Run(apply(recipe, values), source)
                except TeachrnnError as error:
                    raise type(error)(f"no trial can have {tried}: {error}") from error
                except (TypeError, ValueError) as error:
                    raise DomainError(f"no trial can have {tried}: {error}.") from error

    def __str__(self) -> str:
        return "  ".join(map(str, self.axes))


def apply(recipe: Recipe, values: Mapping[str, Setting]) -> Recipe:
    """The recipe with these hyper-parameters; a dotted name is a setting of one of its rules.

    A rule of another name comes with its own defaults.

    Examples
    --------
    >>> from teachrnn.recipes import RULES, Recipe
    >>> recipe = apply(Recipe.find("rmsprop"), {"eta": 0.01, "optimizer.gamma": 0.99, "hidden": 7})
    >>> recipe.hidden, recipe.optimizer
    (7, {'name': 'rmsprop', 'eta': 0.01, 'gamma': 0.99, 'epsilon': 1e-08})
    >>> apply(recipe, {"eta": 0.002, "optimizer.name": "adam"}).optimizer
    {'name': 'adam', 'eta': 0.002}
    """
    # First the rule, because another one has defaults of its own, then its settings.
    for name, value in sorted(values.items(), key=lambda item: not item[0].endswith(".name")):
        whole, dot, setting = SHORT.get(name, name).partition(".")
        changed: Any = value
        if dot:
            rule = getattr(recipe, whole)
            another = setting == "name" and value != rule["name"]
            changed = {setting: value} if another else {**rule, setting: value}
        recipe = recipe.but(**{whole: changed})
    return recipe


def _check_kind(axis: Axis, value: Setting, recipe: Recipe) -> None:
    if axis.name not in SETTINGS:
        return  # a rule checks its own settings
    kind = type(getattr(recipe, axis.name))
    if type(value) is not kind and (type(value), kind) != (int, float):
        raise DomainError(f"{axis}: `{axis.name}` is {value} but must be {NEEDED[kind]}.")
