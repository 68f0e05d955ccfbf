"""The loss over the run."""

from __future__ import annotations

from math import log

import numpy as np

from teachrnn.report.document import Element, Paragraph, Picture, Section, TextTable
from teachrnn.runs import Run
from teachrnn.views.figures.loss_curve import loss_curve
from teachrnn.views.style.loss_units import LossUnits, per_sequence, per_symbol

LEAST_POINTS = 10
"""Points of the smooth loss in an epoch, to compare epochs by."""

SAME_COURSE = 0.5
"""The correlation above which two epochs are called alike."""


def loss_curve_section(run: Run) -> Section:
    """The second part of the assignment: the smooth loss over the updates, with comments."""
    curve, units = run.training.curve, LossUnits.of(run)
    blocks: list[Element] = [
        Paragraph(
            "The smooth loss is 0.999 of the last smooth loss plus 0.001 of the loss of this update: a "
            "mean over about the last thousand sequences, on text that the network is being trained on. "
            "The validation loss is measured on the text held out, which it never learns from, with the "
            f"state carried through, {_beginning(run)}."
        ),
        Picture(
            "loss",
            "Smooth loss and validation loss over the updates; lines mark where an epoch ended.",
            _description(run),
            loss_curve(curve, symbols=len(run.vocabulary), length=units.length, symbol=units.symbol),
        ),
        TextTable("Losses of this run", ("loss", "update", *units.head), _losses(run)),
    ]
    if units.length is None:
        blocks.append(
            Paragraph(
                "Sequences differ in length, so the smooth loss, a mean over sequences, cannot be "
                f"given per {units.symbol}; its lowest value is "
                f"{per_sequence(run.training.best_smooth.loss)} nats per sequence, at update "
                f"{run.training.best_smooth.iteration:,}."
            )
        )
    blocks += _lost(run)
    if curve.epochs:
        rows = [
            (str(i), f"{epoch.last:,}", *units.cells(epoch.mean_loss))
            for i, epoch in enumerate(curve.epochs, 1)
        ]
        blocks.append(
            TextTable(
                "Mean training loss of each whole epoch", ("epoch", "last update", *units.head), rows
            )
        )
        blocks += _swing(run)
    else:
        blocks.append(
            Paragraph(
                f"No epoch has ended yet: one takes {run.training.batching.batches_per_epoch:,} updates."
            )
        )
    return Section("loss", "Loss", blocks)


def _beginning(run: Run) -> str:
    return "as it was in training" if run.source.end is None else "from 0 at the beginning of each item"


def _losses(run: Run) -> list[tuple[str, ...]]:
    training, units = run.training, LossUnits.of(run)
    T, curve = units.length, run.training.curve
    rows: list[tuple[str, int, float]] = []
    if T is not None and curve.smooth:
        rows.append(("smooth, first", curve.smooth[0][0], curve.smooth[0][1] / T))
        rows.append(("smooth, last", training.iteration, training.smooth_loss / T))
        rows.append(("smooth, lowest", training.best_smooth.iteration, training.best_smooth.loss / T))
    if curve.validation:
        rows.append(("validation, last", *curve.validation[-1]))
        best = training.best_validation
        rows.append(("validation, lowest", best.iteration, best.loss))
    found = [(name, f"{n:,}", *units.cells(loss)) for name, n, loss in rows]
    return [*found, ("guessing", "\N{EN DASH}", *units.cells(log(len(run.vocabulary))))]


def _lost(run: Run) -> list[Element]:
    """Where the network does worse than guessing on held-out text, say what is behind it."""
    measured, guessing = run.training.curve.validation, log(len(run.vocabulary))
    worse = [(n, loss) for n, loss in measured if loss > guessing]
    if not measured:
        every = run.recipe.validate_every
        why = (
            "no text is held out"
            if run.held_out is None
            else f"the recipe measures it every {every:,} updates"
        )
        return [Paragraph(f"The validation loss was not measured in this run: {why}.")]
    if not worse:
        return []
    n, loss = max(worse, key=lambda point: point[1])
    return [
        Paragraph(
            f"{len(worse)} of {len(measured)} validation losses are above the cost of guessing; the "
            f"largest is {per_symbol(loss)} nats per {LossUnits.of(run).symbol}, after update {n:,}: "
            "there the network was confident, and wrong."
        )
    ]


def _swing(run: Run) -> list[Element]:
    """How much of the smooth loss's course in one epoch recurs in the next: that is due to the text."""
    curve, units = run.training.curve, LossUnits.of(run)
    each = run.training.batching.batches_per_epoch
    if len(curve.epochs) < 2 or run.recipe.batching["name"] != "in-order" or units.length is None:
        return []
    updates, losses = (np.array(column) for column in zip(*curve.smooth, strict=True))
    end = curve.epochs[-1].last
    last = updates[(updates > end - each) & (updates <= end)]
    if len(last) < LEAST_POINTS:
        return []
    now, before = np.interp(last, updates, losses), np.interp(last - each, updates, losses)
    r = float(np.corrcoef(now, before)[0, 1])
    between = units.length * (curve.epochs[-1].mean_loss - curve.epochs[-2].mean_loss)
    low, high, span, change = map(per_sequence, (now.min(), now.max(), np.ptp(now), abs(between)))
    told = (
        f"Within epoch {len(curve.epochs)} the smooth loss was between {low} and {high} nats per "
        f"sequence, a span of {span}, while the mean of the epoch differs from that of the one before "
        f"by {change}. Its course in the two epochs has a correlation of {r:.2f}: "
    )
    if r > SAME_COURSE:
        told += "it goes up and down at the same places, which is the text, not the network."
    else:
        told += "the text alone does not explain it; training itself has gone up and down."
    return [Paragraph(told)]


def _description(run: Run) -> str:
    training, units = run.training, LossUnits.of(run)
    curve = training.curve
    parts = [f"The cost of guessing is {units.text(log(len(run.vocabulary)))}."]
    if curve.smooth:
        n, at_first = curve.smooth[0]
        lowest = training.best_smooth
        parts.append(
            f"The smooth loss goes from {per_sequence(at_first)} nats per sequence at update {n:,} to "
            f"{per_sequence(training.smooth_loss)} at update {training.iteration:,}; it is lowest, "
            f"{per_sequence(lowest.loss)}, at {lowest.iteration:,}."
        )
    if curve.validation:
        (n, at_first), (m, at_last) = curve.validation[0], curve.validation[-1]
        begins = f"{per_symbol(at_first)} nats per {units.symbol} after update {n:,}"
        way = (
            f"goes from {begins} to {per_symbol(at_last)} after update {m:,}"
            if m > n
            else f"is {begins}"
        )
        parts.append(f"The validation loss {way}.")
    ended = len(curve.epochs)
    parts.append(f"{ended or 'No'} epoch{'s have' if ended > 1 else ' has'} ended.")
    return " ".join(parts)
