"""What was inferred about a student's code, one sentence per fact."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Convention:
    """How a student's code writes the network.

    Attributes
    ----------
    facts : dict of str to str
        By what they are about ("functions", "parameters", "inputs", "loss" ...): a sentence each.
    loss : str
        How the loss is added up, a key of `teachrnn.submission.findings.SUMS`; "" if there is none.
    forward_right : bool
        Whether the forward pass gives our numbers in this reading.
    """

    facts: dict[str, str] = field(default_factory=dict)
    loss: str = ""
    forward_right: bool = True

    @property
    def of_update(self) -> bool:
        """Whether the gradients are read from an update of the parameters."""
        return "update" in self.facts

    def sentences(self) -> list[str]:
        """Every fact, as text.

        Returns
        -------
        list of str
            One for each fact.
        """
        return list(self.facts.values())
