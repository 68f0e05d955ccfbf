"""What is said of an attempt at an exercise: the outcome, partial credit, words, and hints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, get_args

from teachrnn.credit import Credited
from teachrnn.files import load_json, pack, save_json, unpack

JudgedAs = Literal["right", "not yet", "wrong", "stopped", "not readable", "not own work"]
"""The outcomes. "not yet": nothing was done so far. "stopped": the code took too long, used too much
memory, left by itself or broke down. "not readable": it could not be called, or read."""

OUTCOMES: tuple[str, ...] = get_args(JudgedAs)

ADVICE = "judge the attempt again."


@dataclass(frozen=True)
class Judgement(Credited):
    """What was found in an attempt at an exercise.

    Attributes
    ----------
    exercise : str
        The exercise's name.
    outcome : str
        "right", "not yet", "wrong", "stopped", "not readable" or "not own work".
    credit : float
        From 0 to 1: the share of the parts that are right.
    parts : dict of str to bool
        What is right, part by part: gradients, states, cases of a function.
    said : str
        The finding in a sentence or two.
    mistakes : list of str
        Names of the mistakes that explain the numbers, in the order of the evidence; empty if none does.
    hints : list of str
        All hints, from the first rung of the ladder to the last; how many are shown is for whoever shows
        them to choose.
    smallest : str
        The smallest case that fails, written out, with nothing that tells whose it is.
    remarks : list of str
        How the attempt was read, and what else was noticed.

    Examples
    --------
    >>> found = Judgement("bptt", "wrong", 0.5, {"dU": True, "dW": False}, "dW is wrong.")
    >>> found.points(4), found.right
    (2.0, False)
    >>> Judgement.from_dict(found.to_dict()) == found
    True
    """

    exercise: str
    outcome: JudgedAs
    credit: float = 0.0
    parts: dict[str, bool] = field(default_factory=dict)
    said: str = ""
    mistakes: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    smallest: str = ""
    remarks: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return self.outcome == "right"

    def parts_right(self) -> dict[str, bool]:
        """Whether each part is right.

        Returns
        -------
        dict of str to bool
            By its name.
        """
        return dict(self.parts)

    def share_right(self) -> float:
        """The credit: the share of the parts that are right.

        Returns
        -------
        float
            From 0 to 1.
        """
        return self.credit

    def reason(self) -> str:
        """What is wrong, in a few lines; empty if nothing is.

        Returns
        -------
        str
            The finding and the smallest case that fails.
        """
        if self.right:
            return ""
        lines = [f"{self.exercise}: {self.outcome}.", self.said, self.smallest]
        return "\n".join(line for line in lines if line)

    def __str__(self) -> str:
        return self.reason() or f"{self.exercise}: right. {self.said}".rstrip()

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data.

        Returns
        -------
        dict
            As ``json.dumps`` takes it.
        """
        return pack(self)[0]

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`.

        Parameters
        ----------
        plain : mapping
            Plain data.

        Returns
        -------
        Judgement
            What was found.

        Raises
        ------
        FileFormatError
            Saying which field is missing, unknown or of another type.
        """
        return unpack(cls, dict(plain))

    def save(self, path: str | Path) -> Path:
        """Write it as JSON, atomically.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        FileFormatError
            If it cannot be written there.
        """
        return save_json(Path(path), self.to_dict())

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Judgement
            What was found.

        Raises
        ------
        FileFormatError
            If the file cannot be read, or holds something else.
        """
        return load_json(cls, Path(path), advice=ADVICE)
