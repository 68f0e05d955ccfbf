"""How large the gradients were during training."""

from __future__ import annotations

from teachrnn.report.document import Paragraph, Picture, Section
from teachrnn.training import Journal
from teachrnn.views.figures.gradient_norm import gradient_norm
from teachrnn.views.style.number import format_number


def gradient_norms_section(journal: Journal) -> Section | None:
    """The norm of the gradient before clipping, and how often clipping changed it."""
    blocks = journal.blocks
    if not blocks:
        return None
    updates = sum(block.updates for block in blocks)
    clipped = sum(block.clipped for block in blocks)
    peak = max(blocks, key=lambda block: block.largest)
    mean = sum(block.norm for block in blocks) / updates
    text = (
        f"In {clipped:,} of {updates:,} updates ({100 * clipped / updates:.1f} %) clipping changed "
        f"the gradient. Before it, the Euclidean norm of the whole gradient was {format_number(mean)} "
        f"on average; the largest was {format_number(peak.largest)}, in one of the "
        f"{peak.updates:,} updates up to {peak.last:,}."
    )
    figure = gradient_norm(
        [block.last for block in blocks],
        [block.norm / block.updates for block in blocks],
        [block.largest for block in blocks],
    )
    taken = f"mean and largest of every {journal.size:,} updates" if journal.size > 1 else "every update"
    caption = f"Norm of the gradient before clipping: {taken}."
    picture = Picture("gradient-norm", caption, f"Logarithmic vertical axis. {text}", figure)
    return Section("norms", "Size of the gradients", [Paragraph(text), picture])
