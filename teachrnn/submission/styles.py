"""Which layouts go together, likeliest first: axes of matrices, biases, states and sequences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product

from teachrnn.submission.form import VectorForm
from teachrnn.submission.sequence_form import BATCH_X, SINGLE_X, STATES, SequenceForm


@dataclass(frozen=True)
class Style:
    """The orientation of matrices, vectors and states.

    Attributes
    ----------
    transposed : bool
        Matrices stand to the right of rows: ``x @ Wx``.
    vector : {"flat", "column", "row"}
        Biases.
    state : str
        Axes of an initial state.
    """

    transposed: bool
    vector: VectorForm
    state: str


_LIKELY: dict[bool, list[Style]] = {
    False: [
        Style(False, "column", "D1"),
        Style(False, "flat", "D"),
        Style(True, "flat", "D"),
        Style(True, "row", "1D"),
        Style(True, "flat", "1D"),
    ],
    True: [
        Style(True, "flat", "BD"),
        Style(False, "column", "DB"),
        Style(False, "flat", "BD"),
        Style(True, "row", "BD"),
        Style(False, "flat", "1BD"),
    ],
}


def styles(batch: bool, *, all_of_them: bool) -> list[Style]:
    """The likely ones; or all others."""
    likely = _LIKELY[batch]
    if not all_of_them:
        return likely
    vectors: tuple[VectorForm, ...] = ("flat", "column", "row")
    everything = [Style(t, v, s) for t, v, s in product((False, True), vectors, STATES[batch])]
    return [style for style in everything if style not in likely]


def sequence_pairs(
    batch: bool, *, has_y: bool, all_of_them: bool, inputs: Sequence[SequenceForm] = ()
) -> Iterator[tuple[SequenceForm, SequenceForm]]:
    """Forms of x, of all or of ``inputs``, with forms of y: alike first, or y as numbers."""
    forms = BATCH_X if batch else SINGLE_X
    for x in [form for form in forms if form in inputs] if inputs else forms:
        if not has_y:
            if not all_of_them:
                yield x, x
            continue
        # Targets that lie along other axes than the inputs are a mistake, no convention.
        alike = [form for form in forms if _time_first(form) == _time_first(x)]
        near = [x, *(n for n in alike if n.tokens and (n.base == x.base or x.padding))]
        if not all_of_them and not x.tokens:
            yield x, replace(x, residual=1.0)
            yield x, replace(x, residual=2.0)
        for y in [f for f in alike if f not in near] if all_of_them else dict.fromkeys(near):
            yield x, y


def _time_first(form: SequenceForm) -> bool | None:
    return form.axes.index("T") < form.axes.index("B") if "B" in form.axes else None


GATE_ORDERS: dict[str, list[tuple[str, ...]]] = {
    "vanilla": [("",)],
    "lstm": [("i", "f", "q", "g"), ("i", "f", "g", "q"), ("f", "i", "g", "q"), ("f", "i", "q", "g")],
    "gru": [("rho", "z", "n"), ("z", "rho", "n")],
    "gru-reset-after": [("rho", "z", "n"), ("z", "rho", "n")],
}
"""Orders of stacked gates: of CS231n, of PyTorch, of the papers; then all others."""


def gate_orders(
    cell: str, gates: Sequence[str], *, first: tuple[str, ...] | None = None
) -> list[tuple[str, ...]]:
    """All orders: one that the names in the code say, if they say one, those in use, all others."""
    known = [*([first] if first else []), *GATE_ORDERS.get(cell, [tuple(gates)])]
    return list(dict.fromkeys([*known, *permutations(gates)]))
