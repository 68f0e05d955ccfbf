"""What is known about a file that holds several things: a verdict for each, and all together."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from teachrnn.credit import Credited
from teachrnn.diagnosis.description import Description
from teachrnn.diagnosis.diagnosis import Diagnosis
from teachrnn.diagnosis.hint import Hint
from teachrnn.errors import DomainError


@dataclass(frozen=True)
class Diagnoses(Credited):
    """What was found in every part of a program; it is printed, and hinted at, like one `Diagnosis`.

    Attributes
    ----------
    parts : dict of str to Diagnosis
        By what was called.
    failures : dict of str to str
        Of what could not be called: what it came to.

    Examples
    --------
    >>> from teachrnn import Sigmoid, Tanh
    >>> from teachrnn.diagnosis.operations import OperationAnswer, diagnose_operation
    >>> fine = diagnose_operation(lambda case: OperationAnswer(case.gradients), Tanh)
    >>> off = diagnose_operation(lambda case: OperationAnswer({"x": case.dy * case.y}), Sigmoid)
    >>> found = Diagnoses({"dtanh": fine, "dsigmoid": off})
    >>> found.right, found.mistakes[0].title
    (False, 'dx lacks the factor 1 − y')
    >>> print(found.hints(1).splitlines()[-1])
    1 of 2 parts is right; look at dsigmoid.
    """

    parts: dict[str, Diagnosis]
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """Whether every part is right."""
        return not self.failures and all(found.right for found in self.parts.values())

    def parts_right(self) -> dict[str, bool]:
        """Whether everything is right, part by part.

        Returns
        -------
        dict of str to bool
            By the name of the part and what is compared in it: ``"dtanh: dx"``. What could not be called
            counts as one that is wrong.
        """
        found = {
            f"{name}: {what}": right
            for name, part in self.parts.items()
            for what, right in part.parts_right().items()
        }
        return found | dict.fromkeys(self.failures, False)

    def reason(self) -> str:
        """What is wrong in which part; empty if everything is right.

        Returns
        -------
        str
            Lines of text.
        """
        return "" if self.right and all(self.parts_right().values()) else self.hints(Hint.CASE)

    @property
    def verdict(self) -> str:
        """The verdict of the first part that is not right."""
        return next((f.verdict for f in self.parts.values() if not f.right), "right")

    @property
    def mistakes(self) -> list[Description]:
        """The mistakes of all parts, described."""
        return [mistake for found in self.parts.values() for mistake in found.mistakes]

    @property
    def remarks(self) -> list[str]:
        """What else was noticed, part by part."""
        return [f"{name}: {remark}" for name, found in self.parts.items() for remark in found.remarks]

    @property
    def read_as(self) -> list[str]:
        """How the code was read."""
        return [sentence for found in self.parts.values() for sentence in found.read_as]

    def hints(self, hint: Hint | int = Hint.MISTAKE) -> str:
        """What is known of every part, no further than to a step of the ladder of hints.

        Parameters
        ----------
        hint : Hint or int
            How far, as `Diagnosis.hints` has it.

        Returns
        -------
        str
            Lines of text: those of each part under its name, and a summary.
        """
        lines = []
        for name, found in self.parts.items():
            first, *rest = found.hints(hint).splitlines()
            lines += [f"{name}: {first}", *(f"  {line}" for line in rest)]
        for name, failure in self.failures.items():
            lines += [f"{name}: not compared.", *(f"  {line}" for line in failure.splitlines())]
        return "\n".join([*lines, self._summary()])

    def __str__(self) -> str:
        return self.hints()

    def to_dict(self, hint: Hint | int = Hint.MISTAKE) -> dict[str, Any]:
        """The same as plain data.

        Parameters
        ----------
        hint : Hint or int
            How far, as `Diagnosis.hints` has it.

        Returns
        -------
        dict
            The verdict of all, and what `Diagnosis.to_dict` says of each part.
        """
        verdict = "right" if self.right else "wrong"
        parts = {name: found.to_dict(hint) for name, found in self.parts.items()}
        return {"verdict": verdict, "parts": parts, "failures": dict(self.failures)}

    def show(self) -> Any:
        """Step through the backward pass of the network among the parts (see `Diagnosis.show`).

        Returns
        -------
        Stepper
            At the end of a cell it shows itself.

        Raises
        ------
        DomainError
            If no part is a network, saying what can be shown of the parts.

        Examples
        --------
        >>> check_backward("my_training.py").show()             # doctest: +SKIP
        """
        return self._with_time_steps().show()

    def save(self, path: str | Path) -> Path:
        """Write the page of the network among the parts (see `Diagnosis.save`).

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
            If no part is a network, saying what can be shown of the parts.

        Examples
        --------
        >>> check_backward("my_training.py").save("yours.html")  # doctest: +SKIP
        """
        return self._with_time_steps().save(path)

    def _with_time_steps(self) -> Diagnosis:
        """The part that can be stepped through; else one that says why it cannot."""
        able = [found for found in self.parts.values() if found.has_time_steps]
        wrong = [found for found in self.parts.values() if not found.right]
        found = [*able, *wrong, *self.parts.values()]
        if not found:
            raise DomainError("nothing could be called, so there is nothing to show: print it instead.")
        return found[0]

    def _summary(self) -> str:
        wrong = [name for name, found in self.parts.items() if not found.right]
        wrong += self.failures
        count = len(self.parts) + len(self.failures)
        if not wrong:
            return f"All {count} parts are right."
        right = count - len(wrong)
        verb = "is" if right == 1 else "are"
        return f"{right} of {count} parts {verb} right; look at {', '.join(wrong)}."
