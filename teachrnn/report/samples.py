"""What the network generated during training."""

from __future__ import annotations

from teachrnn.report.document import Element, Paragraph, Section, Verbatim
from teachrnn.runs import Session
from teachrnn.views.style.legible import legible
from teachrnn.views.style.loss_units import LossUnits


def samples_section(session: Session) -> Section:
    """The third part of the assignment: a passage before the first update, and at intervals."""
    units = LossUnits.of(session.run)
    blocks: list[Element] = [
        Paragraph(
            f"{session.sample_length} {units.symbol}s each, drawn from the unmodified softmax. The "
            "network continues from the hidden state in which the training text has left it, and first "
            f"reads the {units.symbol} that comes next there."
        )
    ]
    for sample in session.samples:
        if sample.smooth_loss is None:
            caption = "Before the first update"
        else:
            caption = (
                f"After update {sample.iteration:,}; smooth loss {units.smooth(sample.smooth_loss)}"
            )
        blocks.append(Verbatim(caption, legible(sample.text)))
    return Section("samples", "Samples during training", blocks)
