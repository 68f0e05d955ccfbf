"""Predict, then see: the question before a step shows its result, and how close the answer was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from teachrnn.errors import DomainError
from teachrnn.views.story import StoryStep
from teachrnn.views.style.number import MINUS, format_number
from teachrnn.views.terminal.why_page import entry_name

SIGNS = {"+": 1, "-": -1, MINUS: -1, "0": 0}


@dataclass(frozen=True)
class Question:
    """One number for the reader to predict.

    Attributes
    ----------
    name : str
        The entry asked about.
    number : float
        Its value.
    """

    name: str
    number: float

    @classmethod
    def about(cls, step: StoryStep) -> Question | None:
        """The largest entry of a step's first result; None where nothing is computed."""
        if step.node is None or not step.outcomes or not step.outcomes[0].quantities[0].data.size:
            return None
        quantity = step.outcomes[0].quantities[0]
        size = np.nan_to_num(np.abs(quantity.data), nan=-1.0)
        index = tuple(int(i) for i in np.unravel_index(int(size.argmax()), quantity.data.shape))
        return cls(entry_name(quantity.name, index), float(quantity.data[index]))

    @property
    def asked(self) -> str:
        """The question."""
        return f"predict {self.name}: its sign + {MINUS} 0, or a number"

    def judge(self, answer: str) -> tuple[bool, str]:
        """Whether the sign was right, and a sentence on how close the answer was.

        Examples
        --------
        >>> Question("h[1][0]", -0.5).judge("-")
        (True, 'right: h[1][0] = −0.500')
        >>> Question("h[1][0]", -0.5).judge("0.25")
        (False, 'the other sign: h[1][0] = −0.500, you said 0.250, off by 0.750')

        Raises
        ------
        DomainError
            The answer is neither a sign nor a number.
        """
        text = answer.strip().replace(MINUS, "-").replace(",", ".")
        truth = f"{self.name} = {format_number(self.number)}"
        if np.isnan(self.number):
            return False, f"{truth}: not a number, which cannot be predicted"
        sign = SIGNS.get(text)
        if sign is not None:
            right = sign == np.sign(self.number)
            return bool(right), f"{'right' if right else 'not so'}: {truth}"
        try:
            guess = float(text)
        except ValueError:
            raise DomainError(
                f"{answer.strip()!r} is neither a sign (+ {MINUS} 0) nor a number."
            ) from None
        right = bool(np.sign(guess) == np.sign(self.number))
        said = (
            f"{truth}, you said {format_number(guess)}, off by {format_number(abs(guess - self.number))}"
        )
        return right, f"{'the right sign' if right else 'the other sign'}: {said}"
