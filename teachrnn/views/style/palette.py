"""The colours of every view: two diverging scales, one accent, grey for everything else."""

from __future__ import annotations

COLOURS = {"value": ("#d9822b", "#2f6db5"), "gradient": ("#9355a8", "#3c8f4a")}
"""Negative and positive end of each scale: told apart by hue, safe for colour-blind readers. Zero is
the paper, which is why no colour is given for it."""

ACCENT = "#b3123f"
"""Now: what the reader is being pointed at, and nothing else."""

INK, GREY = "#000000", "#b0b0b0"
"""Letters and lines, and what stays behind them; in a page, the page's own ink takes their place."""
