"""The gradient report: every comparison in a table, and notes on what the table cannot show."""

from __future__ import annotations

from dataclasses import dataclass
from math import isinf
from typing import Any

from teachrnn.checking.parameter_check import ParameterCheck
from teachrnn.credit import Credited
from teachrnn.errors import NameLookupError
from teachrnn.text_table import aligned

KINKS_NAMED = 3
"""How many entries a sentence lists."""


@dataclass(frozen=True, eq=False)
class GradientReport(Credited):
    """All parameters compared with one oracle.

    Attributes
    ----------
    oracle : str
        What the gradients were compared with.
    loss : float
        L, in nats.
    checks : tuple of ParameterCheck
        One for each gradient that was passed.
    precision : str
        The coarsest precision of the record and the gradients, such as ``"float64"``; errors are judged
        by its rounding.
    missing : tuple of str
        Parameters whose gradients were not passed.
    leak : str or None
        Where the record is not the whole model, how: then the gradient of the record is not that of
        the model. Known only if `check_gradient` was given the model.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN, check_gradient
    >>> model = CharRNN(hidden=3, symbols=4, scale=0.5, rng=np.random.default_rng(0))
    >>> report = check_gradient(model.record([0, 1, 2], targets=[1, 2, 3]))
    >>> report.agrees, [check.name for check in report.checks], report["W"].verdict
    (True, ['U', 'W', 'b', 'V', 'c'], 'agrees')
    """

    oracle: str
    loss: float
    checks: tuple[ParameterCheck, ...]
    precision: str = "float64"
    missing: tuple[str, ...] = ()
    leak: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether everything that was passed agrees."""
        return self.leak is None and all(check.agrees for check in self.checks)

    def parts_right(self) -> dict[str, bool]:
        """Whether each gradient agrees.

        Returns
        -------
        dict of str to bool
            By parameter: False for one that was not passed, too, and for all if the record is not the
            model.
        """
        found = {check.name: check.agrees and self.leak is None for check in self.checks}
        return found | dict.fromkeys(self.missing, False)

    def reason(self) -> str:
        """The table, if a gradient differs or is missing; empty otherwise.

        Returns
        -------
        str
            Lines of text.
        """
        return "" if self.agrees and not self.missing else self.table()

    def __getitem__(self, name: str) -> ParameterCheck:
        for check in self.checks:
            if check.name == name:
                return check
        raise NameLookupError(
            f"the report has no parameter {name!r}; it has: {', '.join(c.name for c in self.checks)}."
        )

    def table(self) -> str:
        """The report as plain text: verdicts, errors, and notes.

        Returns
        -------
        str
            The table, and under it the `notes`.
        """
        verdicts = [
            ("parameter", "verdict", "compared", "not 0", "sees", "worst at", "gradient", "reference")
        ] + [
            (
                c.name,
                c.verdict.upper() if c.verdict == "differs" else c.verdict,
                f"{c.checked}/{c.entries}",
                str(c.nonzero),
                "nothing" if isinf(c.resolution) else f"{c.resolution:.0e}",
                str(list(c.worst)).replace(" ", ""),
                f"{c.worst_analytic:.6g}",
                f"{c.worst_reference:.6g}",
            )
            for c in self.checks
        ]
        errors = [("parameter", "max abs", "norm rel", "sum rel", "max rel", "allclose", "floor")] + [
            (
                c.name,
                *(f"{x:.1e}" for x in (c.max_absolute, c.norm_relative, c.sum_relative, c.max_relative)),
                "yes" if c.allclose else "no",
                f"{c.floor:.0e}",
            )
            for c in self.checks
        ]
        title = f"analytic gradient against {self.oracle}; L = {self.loss:.6g} nats"
        return "\n".join([title, *aligned(verdicts), "", *aligned(errors), *self.notes()])

    def notes(self) -> list[str]:
        """Notes that are needed to read the table.

        Returns
        -------
        list of str
            Sentences.
        """
        notes = []
        if self.leak:
            notes.append(f"The record is not the model: {self.leak}")
        if self.precision != "float64":
            notes.append(
                f"Judged by the rounding of {self.precision}, the coarsest numbers here. To see smaller "
                'errors, record again in float64: CharRNN(..., dtype="float64").'
            )
        for c in self.checks:
            if c.kinks:
                named = ", ".join(str(list(place)) for place in c.kinks[:KINKS_NAMED])
                more = f" and {len(c.kinks) - KINKS_NAMED} more" if len(c.kinks) > KINKS_NAMED else ""
                notes.append(
                    f"{c.name} is not differentiable here, at {named}{more}: the slopes of the loss "
                    "from the two sides differ, and every source has its own convention."
                )
            if c.unseen and c.verdict == "agrees":
                notes.append(
                    f"{c.name}: at {c.unseen} of {c.checked} entries the source itself could not see "
                    f"better than {c.allowed.max() / c.largest:.0e} of the largest entry; errors there "
                    "say nothing about the gradient."
                )
        if self.missing:
            notes.append(f"Not passed, and so not checked: {', '.join(self.missing)}.")
        return notes

    def __repr__(self) -> str:
        return self.table()

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data.

        Returns
        -------
        dict
            As ``json.dumps`` takes it.
        """
        return {
            "oracle": self.oracle,
            "loss": self.loss,
            "precision": self.precision,
            "agrees": self.agrees,
            "missing": list(self.missing),
            "leak": self.leak,
            "notes": self.notes(),
            "checks": [check.to_dict() for check in self.checks],
        }
