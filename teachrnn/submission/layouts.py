"""Layouts by name, for learners who know whose conventions they follow."""

from __future__ import annotations

from dataclasses import dataclass, field

from teachrnn.registry import Registry
from teachrnn.submission.sequence_form import SequenceForm
from teachrnn.submission.styles import Style

LAYOUTS = Registry["Layout"]("layout")
"""Every layout, by the name that ``layout=`` takes."""


@dataclass(frozen=True)
class Layout:
    """The fixed conventions of a course or library, so that nothing else is tried.

    Attributes
    ----------
    said : str
        In words.
    styles : tuple of Style
        Axes of matrices, biases and states.
    inputs : tuple of SequenceForm
        Of x.
    orders : dict of str to tuple of str
        Of stacked gates, by cell.
    """

    said: str
    styles: tuple[Style, ...]
    inputs: tuple[SequenceForm, ...]
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @staticmethod
    def batched(style: Style) -> bool:
        """Whether a state of this style has several sequences."""
        return "B" in style.state


_COLUMN = Style(False, "column", "D1")
LAYOUTS["min-char-rnn"] = Layout(
    "one sequence as a list of numbers, states and biases as columns (Karpathy's min-char-rnn)",
    (_COLUMN,),
    (SequenceForm("T", "list", tokens=True), SequenceForm("T", tokens=True)),
)
LAYOUTS["cs231n"] = Layout(
    "x is (N, T, D), rows times matrices; gates i, f, o, g side by side (Stanford's CS231n)",
    (Style(True, "flat", "BD"),),
    (SequenceForm("BTD"), SequenceForm("BT", tokens=True)),
    {"lstm": ("i", "f", "q", "g")},
)
LAYOUTS["coursera"] = Layout(
    "x is (n_x, m, T_x), matrices times columns, gates over [a; x] (deeplearning.ai's Sequence Models)",
    (Style(False, "column", "DB"), _COLUMN),
    (
        SequenceForm("DBT"),
        SequenceForm("TDB", "list"),
        SequenceForm("T", "list", tokens=True),
    ),
)
LAYOUTS["dd2424"] = Layout(
    "X is (K, T) one-hot columns, states and biases as columns (KTH's DD2424)",
    (_COLUMN, Style(False, "flat", "D")),
    (SequenceForm("DT"), SequenceForm("TD")),
)
LAYOUTS["pytorch"] = Layout(
    "rows times transposed matrices, two biases, gates i, f, g, o or r, z, n (torch.nn)",
    (Style(False, "flat", "BD"), Style(False, "flat", "1BD"), Style(False, "flat", "D")),
    (SequenceForm("TBD"), SequenceForm("BTD"), SequenceForm("TD")),
    {
        "lstm": ("i", "f", "g", "q"),
        "gru": ("rho", "z", "n"),
        "gru-reset-after": ("rho", "z", "n"),
    },
)
