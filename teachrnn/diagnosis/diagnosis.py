"""What is known about a student's backward pass: the verdict, its evidence, and hints one by one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from teachrnn.credit import Credited
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.description import Description, describe
from teachrnn.diagnosis.first_wrong import FirstWrong
from teachrnn.diagnosis.hint import Hint, hint_lines
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.match import Explanation
from teachrnn.diagnosis.smallest import HasSizes, Smallest
from teachrnn.diagnosis.verdict import Compared, Verdict
from teachrnn.diagnosis.whole import CLIPPED_EARLY
from teachrnn.errors import DomainError

COARSE = 1e-9
"""A tolerance above this is that of float32."""
SHORT = 4
"""So many steps are read most easily."""


@dataclass(frozen=True)
class Diagnosis(Credited):
    """What was found; printing it says everything, `hints` no more than a course allows.

    Attributes
    ----------
    cell : str
        Which cell, or operation, it was compared with.
    verdict : str
        "right", "forward pass differs", "known mistake", "two mistakes", "several mistakes" or
        "unknown mistake".
    compared : list of Compared
        Every gradient.
    instances : sequence of Instance, or of OperationCase
        On which numbers.
    explanations : list of Explanation
        What gives the same numbers, the least far-fetched first: if there are several, no number can
        tell them apart.
    confirmed : int
        On how many further instances the first of them gave the same numbers.
    known : int
        How many mistakes were considered.
    every_pair : bool
        Whether any two of them were, where none alone gives the numbers.
    first : FirstWrong, optional
        Where the gradient first goes wrong on its way back.
    smallest : Smallest, optional
        The smallest case that fails.
    remarks : list of str
        What else can be said: of the forward pass, of the code's manners.
    relations : list of str
        How gradients that no known mistake explains differ from the right ones.
    read_as : list of str
        How the code was read: its functions, names, axes, one sentence each.
    tolerance : float
        What right code may differ by, in units of rounding.
    answers : list of Answer
        What the code gave on each instance.
    """

    cell: str
    verdict: Verdict
    compared: list[Compared]
    instances: Sequence[HasSizes] = field(repr=False)
    explanations: list[Explanation] = field(default_factory=list)
    confirmed: int = 0
    known: int = 0
    every_pair: bool = True
    first: FirstWrong | None = None
    smallest: Smallest | None = None
    remarks: list[str] = field(default_factory=list)
    relations: list[str] = field(default_factory=list)
    read_as: list[str] = field(default_factory=list)
    tolerance: float = 1e-12
    answers: list[Answer] = field(default_factory=list, repr=False)

    @property
    def right(self) -> bool:
        """Whether every gradient is right on every instance."""
        return self.verdict == "right"

    def parts_right(self) -> dict[str, bool]:
        """Whether each part is right: the forward pass, and every gradient.

        Returns
        -------
        dict of str to bool
            By name: ``{"forward pass": True, "dU": True, "dW": False, ...}``. A gradient that the code
            does not return is not right. Of an update, what it leaves behind.
        """
        parts = {"forward pass": self.verdict != "forward pass differs"}
        if not all(c.gradient for c in self.compared):
            parts = {}
        parts |= {c.said: not c.wrong for c in self.compared}
        needed: dict[str, Any] = getattr(self.instances[0], "gradients", {}) if self.instances else {}
        return parts | {f"d{name}": False for name in needed if f"d{name}" not in parts}

    def reason(self) -> str:
        """What is wrong: the verdict, where, and the smallest case; empty if everything is right.

        Returns
        -------
        str
            Lines of text.
        """
        return "" if self.right and all(self.parts_right().values()) else self.hints(Hint.CASE)

    @property
    def only_clipped(self) -> bool:
        """Whether the gradients are right until they are clipped, as training does it."""
        first = self.explanations[0].mistakes if self.explanations else ()
        return bool(first) and all(describe(m).name == CLIPPED_EARLY for m in first)

    @property
    def has_time_steps(self) -> bool:
        """Whether it is a network, with answers to be stepped through."""
        networks = [i for i in self.instances if isinstance(i, Instance)]
        return bool(networks) and len(networks) == len(self.answers)

    @property
    def mistakes(self) -> list[Description]:
        """The mistakes of the first explanation, described."""
        return [describe(m) for m in self.explanations[0].mistakes] if self.explanations else []

    @property
    def ties(self) -> list[list[Description]]:
        """The other explanations, which give the very same numbers."""
        return [[describe(m) for m in e.mistakes] for e in self.explanations[1:]]

    def hints(self, hint: Hint | int = Hint.MISTAKE) -> str:
        """What is known, no further than to a step of the ladder of hints.

        Parameters
        ----------
        hint : Hint or int
            How far: 1 the verdict, 2 where, 3 the smallest case, 4 the formula, 5 the mistake.

        Returns
        -------
        str
            Lines of text.
        """
        return "\n".join(hint_lines(self, hint))

    def __str__(self) -> str:
        return self.hints()

    def to_dict(self, hint: Hint | int = Hint.MISTAKE) -> dict[str, Any]:
        """The same as plain data, no further than to a step of the ladder of hints.

        Parameters
        ----------
        hint : Hint or int
            How far, as `hints` has it.

        Returns
        -------
        dict
            Of text, numbers and lists.
        """
        found: dict[str, Any] = {
            "verdict": "right" if self.right else "wrong",
            "cell": self.cell,
            "instances": len(self.instances) + self.confirmed,
            "remarks": list(self.remarks),
        }
        if hint >= Hint.WHERE:
            found["gradients"] = [vars(c) for c in self.compared]
            found["relations"] = list(self.relations)
            found["first_wrong"] = self.first and {"t": self.first.t, "values": self.first.values}
        if hint >= Hint.CASE and self.smallest is not None:
            case = self.smallest
            found["smallest"] = {
                "sizes": case.sizes,
                "passes": case.passes,
                "entry": case.entry,
                "expected": case.expected,
                "given": case.given,
                "made_of": case.made_of,
            }
        if hint >= Hint.FORMULA:
            found["lines"] = [m.right for m in self.mistakes if m.right]
        if hint >= Hint.MISTAKE:
            found["verdict"] = self.verdict
            found["mistakes"] = [vars(m) for m in self.mistakes]
            found["ties"] = [[m.title for m in tie] for tie in self.ties]
            found["known"] = self.known
        return found

    def show(self) -> Any:
        """Step through the right backward pass with your numbers beside it, from the first that differs.

        In a notebook this opens the stepper; anywhere else, `save` writes the same as a page.

        Returns
        -------
        Stepper
            At the end of a cell it shows itself.

        Raises
        ------
        DomainError
            If this runs in no notebook, saying how to save a page; if what was diagnosed has no time
            steps, saying what can be shown of it.

        Examples
        --------
        >>> check_backward("my_rnn.py").show()                  # doctest: +SKIP
        """
        instance, answer = self._to_read()
        # The views stand above this module; they are loaded when they are asked for.
        if not _in_a_notebook():
            raise DomainError(
                'show() opens the stepper in a notebook; here, found.save("yours.html") writes a page '
                "that opens in a browser."
            )
        from teachrnn.views.page.difference import TITLE
        from teachrnn.views.story import Yours
        from teachrnn.widgets.stepper import Stepper

        dtype = np.float32 if self.tolerance > COARSE else np.float64
        return Stepper(instance.trace, about=[TITLE], yours=Yours.of(instance, answer, dtype))

    def save(self, path: str | Path) -> Path:
        """Write a page that opens where your numbers first differ from the right ones.

        Parameters
        ----------
        path : str or Path
            The file to write; its folder must exist.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        FileFormatError
            If the file cannot be written there.
        DomainError
            If what was diagnosed has no time steps, saying what can be shown of it.

        Examples
        --------
        >>> import tempfile
        >>> from teachrnn.diagnosis.answer import Answer
        >>> from teachrnn.diagnosis.diagnose import diagnose
        >>> found = diagnose(lambda i: Answer({**i.gradients, "W": -i.gradients["W"]}))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     found.save(Path(folder) / "yours.html").name
        'yours.html'
        """
        from teachrnn.views.page.difference import save_answer

        instance, answer = self._to_read()
        dtype = np.float32 if self.tolerance > COARSE else np.float64
        return save_answer(instance, answer, path, dtype=dtype)

    def _to_read(self) -> tuple[Instance, Answer]:
        """The numbers to step through: one sequence, of different symbols, where something is wrong."""

        def worth(pair: tuple[Instance, Answer]) -> tuple[bool, bool, bool, int]:
            instance, answer = pair
            right, units = instance.gradients, instance.units
            wrong = any(
                not np.abs(d - right[name]).max(initial=0.0) <= self.tolerance * units[name]
                for name, d in answer.gradients.items()
                if name in right
            )
            apart = len(set(instance.x.ravel().tolist())) == instance.T * instance.B
            return wrong, instance.B == 1, apart, -abs(instance.T - SHORT)

        if not self.has_time_steps:
            raise DomainError(self._no_time_steps())
        networks = (i for i in self.instances if isinstance(i, Instance))
        return max(zip(networks, self.answers, strict=True), key=worth)

    def _no_time_steps(self) -> str:
        """Why there is nothing to step through, and what can be shown instead."""
        seen = "print(found)" if self.smallest is None else "print(found.hints(3))"
        shows = (
            "says what is known of it" if self.smallest is None else "shows its smallest failing case"
        )
        if all(c.gradient for c in self.compared):
            what = f"{self.cell} is a single operation"
        else:
            what = f"this is an update ({self.cell})"
        said = f"{what}, without time steps to step through; {seen} {shows}."
        if any(isinstance(i, Instance) for i in self.instances):
            said += (
                " The gradients that it is made with are those of a network: "
                "check_backward([forward, backward]).show() steps through that."
            )
        return said


def _in_a_notebook() -> bool:
    return "ipykernel" in sys.modules
