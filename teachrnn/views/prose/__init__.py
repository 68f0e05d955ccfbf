"""Text with formulas, written in Markdown: as HTML, and for a terminal."""

from teachrnn.views.prose.prose_html import prose_html
from teachrnn.views.prose.prose_mathml import prose_mathml
from teachrnn.views.prose.prose_text import prose_text

__all__ = ["prose_html", "prose_mathml", "prose_text"]
