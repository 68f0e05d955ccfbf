"""The controls of a notebook app: what they are set to, and what they show; not how they are drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from teachrnn.errors import DomainError


class Control:
    """A part of an app that a reader uses, and a program through the same attributes.

    Parameters
    ----------
    description : str
        Its visible name, which a screen reader says, too.
    tooltip : str
        What it does, in a sentence.

    Attributes
    ----------
    disabled : bool
        Whether it has no effect at the moment.
    """

    kind: ClassVar[str]

    def __init__(self, description: str, tooltip: str) -> None:
        self.description, self.tooltip = description, tooltip
        self.disabled = False

    def seen(self) -> dict[str, Any]:
        """What the page is told about it."""
        return {
            "kind": self.kind,
            "description": self.description,
            "tooltip": self.tooltip,
            "disabled": self.disabled,
        }


class Button(Control):
    """Does something when it is pressed.

    Examples
    --------
    >>> pressed = []
    >>> button = Button("Start", "Begin.", lambda: pressed.append(1))
    >>> button.click()
    >>> pressed
    [1]
    """

    kind = "button"

    def __init__(self, description: str, tooltip: str, call: Callable[[], object]) -> None:
        super().__init__(description, tooltip)
        self._call = call

    def click(self) -> None:
        """Do what pressing it does, unless it is disabled."""
        if not self.disabled:
            self._call()


class Adjustable(Control):
    """Has a value; `changed` is called when it is another."""

    def __init__(self, description: str, tooltip: str, value: Any) -> None:
        super().__init__(description, tooltip)
        self.changed: Callable[[], object] = lambda: None
        self._value = self.checked(value)

    @property
    def value(self) -> Any:
        """What it is set to."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        value = self.checked(value)
        if value != self._value:
            self._value = value
            self.changed()

    def checked(self, value: Any) -> Any:
        """The value as it is kept.

        Raises
        ------
        DomainError
            If it cannot be.
        """
        return value

    def seen(self) -> dict[str, Any]:
        return {**super().seen(), "value": self.value}


class Text(Adjustable):
    """A text, in a box of as many rows."""

    kind = "text"

    def __init__(self, description: str, tooltip: str, value: str = "", *, rows: int = 1) -> None:
        self.rows = rows
        super().__init__(description, tooltip, value)

    def checked(self, value: Any) -> str:
        return str(value)

    def seen(self) -> dict[str, Any]:
        return {**super().seen(), "rows": self.rows}


class Tick(Adjustable):
    """Yes or no."""

    kind = "tick"

    def checked(self, value: Any) -> bool:
        return bool(value)


class Menu(Adjustable):
    """One of several names.

    Examples
    --------
    >>> choice = Menu("cell", "Which cell.", ["gru", "lstm"], "lstm")
    >>> choice.value = "elm"
    Traceback (most recent call last):
    ...
    teachrnn.errors.DomainError: cell is 'elm' but must be one of gru, lstm.
    """

    kind = "choice"

    def __init__(self, description: str, tooltip: str, options: Sequence[str], value: str) -> None:
        self.options = tuple(options)
        super().__init__(description, tooltip, value)

    def checked(self, value: Any) -> str:
        if value not in self.options:
            raise DomainError(
                f"{self.description} is {value!r} but must be one of {', '.join(self.options)}."
            )
        return str(value)

    def seen(self) -> dict[str, Any]:
        return {**super().seen(), "options": self.options}


class Slider(Adjustable):
    """A number of a range; one beyond it is taken to its end.

    Parameters
    ----------
    value, low, high : float
        The number and its range; whole numbers if all three are.
    step : float
        From one number to the next; of the logarithm to base 10 if it is ``logarithmic``.
    logarithmic : bool
        Whether it moves by ratios.

    Examples
    --------
    >>> slider = Slider("length T", "How many symbols.", 20, low=1, high=50)
    >>> slider.value = 99
    >>> slider.value
    50
    """

    kind = "slider"

    def __init__(
        self,
        description: str,
        tooltip: str,
        value: float,
        *,
        low: float,
        high: float,
        step: float = 1,
        logarithmic: bool = False,
    ) -> None:
        self.low, self.high, self.step, self.logarithmic = low, high, step, logarithmic
        self.whole = all(isinstance(number, int) for number in (value, low, high))
        super().__init__(description, tooltip, value)

    def checked(self, value: Any) -> float:
        number = float(value)
        if not math.isfinite(number):
            raise DomainError(f"{self.description} is {value!r} but must be a finite number.")
        inside = min(max(number, self.low), self.high)
        return round(inside) if self.whole else inside

    def narrow(self, high: float) -> None:
        """Give it another upper end.

        Parameters
        ----------
        high : float
            The largest number from now on.
        """
        self.high = high
        self.value = self.value

    def seen(self) -> dict[str, Any]:
        ends = {"low": self.low, "high": self.high, "step": self.step}
        return {**super().seen(), **ends, "whole": self.whole, "logarithmic": self.logarithmic}
