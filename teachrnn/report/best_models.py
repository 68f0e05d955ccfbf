"""What the best model writes, and which one that is."""

from __future__ import annotations

from teachrnn.chance import Stream
from teachrnn.report.document import Element, Paragraph, Section, Verbatim
from teachrnn.runs import Run, Session, TrainedModel
from teachrnn.sampling import Sampler
from teachrnn.views.style.legible import legible
from teachrnn.views.style.loss_units import LossUnits

LONG = 1000
"""Symbols of each passage, as the assignment asks."""
EXCERPT = 200
SMOOTHED = 1000
"""Updates that the smooth loss averages over, approximately."""


def best_models_section(session: Session) -> Section:
    """The fourth part of the assignment: a long passage by the best model."""
    run, units = session.run, LossUnits.of(session.run)
    best, smooth = run.training.best_validation, run.training.best_smooth
    if best.iteration:
        at = f"after update {best.iteration:,}: {units.text(best.loss)}"
        caption = f"The best model by validation loss, {at}"
        meaning = "The best model is the one with the lowest loss on text that it has not learnt from. "
    else:
        caption = f"The last model, after update {run.training.iteration:,}"
        meaning = "No validation loss was measured, so there is no best model: this is the last one. "
    blocks: list[Element] = [
        Paragraph(
            f"{meaning}It continues from its hidden state, draws from the unmodified softmax, and "
            f"generates {LONG:,} {units.symbol}s. So does the model of the lowest smooth loss, below."
        ),
        Verbatim(
            caption,
            legible(write_passage(TrainedModel.load(session.checkpoint, "validation"), LONG, run.seed)),
        ),
        Paragraph(_place(run)),
    ]
    excerpt = _excerpt(run)
    if excerpt:
        blocks.append(Verbatim("The training text at that place", legible(excerpt)))
    blocks.append(
        Verbatim(
            f"The model at the lowest smooth loss, before update {smooth.iteration:,}: "
            f"{units.smooth(smooth.loss)}",
            legible(write_passage(TrainedModel.load(session.checkpoint, "smooth"), LONG, run.seed)),
        )
    )
    return Section("best", "The best model", blocks)


def write_passage(
    trained: TrainedModel, count: int, seed: int, sampler: Sampler | str = "temperature"
) -> str:
    """A passage of at least so many symbols; for items, as many items as needed."""
    rng = Stream.PASSAGE.of(seed)
    texts, written = [], 0
    while written < count:
        passage = trained.passage(count - written, rng=rng, sampler=sampler)
        texts.append(trained.vocabulary.decode(passage.tokens))
        written += len(passage.tokens)
    return "".join(texts)


def _place(run: Run) -> str:
    """Why the lowest smooth loss is not the best model: where in the text it was reached."""
    n, each = run.training.best_smooth.iteration, run.training.batching.batches_per_epoch
    why = "The assignment calls the model with the lowest smooth loss the best one. "
    if run.recipe.batching["name"] == "in-order":
        epoch, at = divmod(n - 1, each)
        share = (at + 1) / each
        why += (
            f"It was reached at update {n:,}, in epoch {epoch + 1}, {100 * share:.1f} % of the way "
            f"through the text: a mean over the last {min(SMOOTHED, n):,} sequences or so, it is low "
            "where these are easy to predict. So it selects a place in the book as much as a model; "
            "the validation loss is measured on the same text every time, and selects a model."
        )
    else:
        why += (
            f"It was reached at update {n:,}. It is a mean over the last thousand sequences or so, low "
            "where these happen to be easy to predict; the validation loss is measured on the same text "
            "every time."
        )
    return why


def _excerpt(run: Run) -> str:
    """The last symbols that were read when the smooth loss was lowest."""
    if run.recipe.batching["name"] != "in-order":
        return ""
    at = (run.training.best_smooth.iteration - 1) % run.training.batching.batches_per_epoch
    end = (at + 1) * run.recipe.length
    return run.vocabulary.decode(run.tokens[max(0, end - EXCERPT) : end])
