"""The losses of several recipes: one table, and their curves together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from teachrnn.report.document import Paragraph, Picture, Section, TextTable
from teachrnn.report.reported_run import ReportedRun
from teachrnn.report.setting import duration
from teachrnn.views.figures.loss_curves import Points, loss_curves
from teachrnn.views.style.loss_units import LossUnits, per_symbol

HEAD = (
    "recipe",
    "updates",
    "smooth, last",
    "smooth, lowest",
    "last epoch, mean",
    "validation, lowest",
    "after update",
    "perplexity",
    "time",
)
NONE = "\N{EN DASH}"


def compared_losses_section(entries: Sequence[ReportedRun]) -> Section:
    """All losses per symbol: recipes may differ in T, and then their sequences cannot be compared."""
    units = LossUnits.of(entries[0].run)
    guessing = log(len(entries[0].run.vocabulary))
    per_epoch = {entry.name: entry.run.training.batching.batches_per_epoch for entry in entries}
    over = "update" if len(set(per_epoch.values())) == 1 else "epoch"
    smooth: dict[str, Points] = {}
    validation: dict[str, Points] = {}
    for entry in entries:
        curve, T = entry.run.training.curve, LossUnits.of(entry.run).length
        one = 1 if over == "update" else per_epoch[entry.name]
        validation[entry.name] = [(n / one, loss) for n, loss in curve.validation]
        if T is not None:
            smooth[entry.name] = [(n / one, loss / T) for n, loss in curve.smooth]

    def pictures(what: str, curves: Mapping[str, Points]) -> list[Picture]:
        ends = [f"{name} ends at {per_symbol(c[-1][1])}" for name, c in curves.items() if c]
        if not ends:
            return []
        picture = loss_curves(curves, guessing=guessing, what=what, symbol=units.symbol, over=over)
        caption = f"The {what} in nats per {units.symbol} over the {over}s."
        told = f"The axis begins just below the lowest loss. {', '.join(ends)}."
        return [Picture(what.replace(" ", "-"), caption, told, picture)]

    caption = f"Losses in nats per {units.symbol}; guessing costs {per_symbol(guessing)}"
    return Section(
        "losses",
        "Losses",
        [
            TextTable(caption, HEAD, [_row(entry) for entry in entries]),
            Paragraph(
                "The smooth loss follows the text as much as the model, and its lowest value selects a "
                "place in the text; the mean of a whole epoch does not. The validation loss is "
                "measured on the same text for all; the perplexity is that of its lowest value."
            ),
            *pictures("smooth loss", smooth),
            *pictures("validation loss", validation),
        ],
    )


def _row(entry: ReportedRun) -> tuple[str, ...]:
    training, T = entry.run.training, LossUnits.of(entry.run).length
    journal = entry.session.journal
    best, epochs, done = training.best_validation, training.curve.epochs, training.iteration
    found = (NONE,) * 3
    if best.iteration:
        nats, _, perplexity = LossUnits("", None).cells(best.loss)
        found = (nats, f"{best.iteration:,}", perplexity)
    return (
        entry.name,
        f"{done:,}",
        per_symbol(training.smooth_loss / T) if T else NONE,
        per_symbol(training.best_smooth.loss / T) if T else NONE,
        per_symbol(epochs[-1].mean_loss) if epochs else NONE,
        *found,
        duration(journal.seconds) if journal.updates == done else NONE,
    )
