"""The colours of every view: two diverging scales, one accent, grey for everything else.

Each is defined here and nowhere else. Figures and the terminal take it from Python; the player, the
report and the documentation as a CSS custom property (`--trnn-ink`), which a page declares
in its head with `palette_style`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Colour:
    """A colour for a light background, and its counterpart for a dark one.

    Examples
    --------
    >>> Colour("#ffffff", "#16181c").css
    'light-dark(#ffffff, #16181c)'
    """

    light: str
    dark: str

    @property
    def css(self) -> str:
        """The colour as a value in CSS: the page's colour scheme decides which of the two it is."""
        return f"light-dark({self.light}, {self.dark})"


PAPER = Colour("#ffffff", "#16181c")

PAGE = {
    "sheet": PAPER,
    "ink": Colour("#1d1f23", "#e7e9ed"),
    "soft": Colour("#5c616b", "#a3a9b5"),
    "line": Colour("#d5d8de", "#3a3f48"),
    "faint": Colour("#f5f6f8", "#1f2228"),
    "field": Colour("#8a909b", "#757c89"),
    "accent": Colour("#b3123f", "#ff7a9c"),
    "accent-soft": Colour("#fdeef2", "#37202a"),
    "link": Colour("#0b5cad", "#8ab8f0"),
    "link-pointed": Colour("#083f78", "#b9d5f7"),
    "not-finite": Colour("#e0c200", "#8a7800"),
}
"""The colours of a page: background, text, muted text, lines, boxes, and the accent."""

SCALES = {
    "value": (Colour("#d9822b", "#d98a3d"), Colour("#2f6db5", "#4d8fdd")),
    "gradient": (Colour("#9355a8", "#b184c7"), Colour("#3c8f4a", "#58ad66")),
}
"""Negative and positive end of each scale, with different hues, safe for colour-blind readers. Zero is
the background, which is why no colour is given for it."""

BLUES = (Colour("#9db7d5", "#41638f"), SCALES["value"][1], Colour("#1b3a66", "#b3d1f5"))
"""Three steps of one hue, for ordered categories."""

COLOURS = {kind: (minus.light, plus.light) for kind, (minus, plus) in SCALES.items()}
"""The ends of each scale on light paper, on which figures are drawn."""

ACCENT = PAGE["accent"].light
"""The accent: only for what should draw the reader's attention."""

SOFT = PAGE["soft"].light
"""Muted text."""

INK, GREY = "#000000", "#b0b0b0"
"""Text and lines, and their background; in a page, the page's own colours replace them."""

SERIES = {
    "blue": COLOURS["value"][1],
    "orange": COLOURS["value"][0],
    "purple": COLOURS["gradient"][0],
    "green": COLOURS["gradient"][1],
    "black": INK,
}
"""Lines and bars that have no sign: in the colours of the scales, so that a figure needs no others."""

EVERY = (*PAGE.values(), *BLUES, *(end for ends in SCALES.values() for end in ends))

ON_DARK = {colour.light: colour for colour in EVERY}
"""The colours by their light form, to find the dark one for a figure that is already drawn."""

FULLEST = {"light": 66, "dark": 46}
"""Percentage of a scale's end colour behind a number, which must stay legible."""


def palette_style(selector: str) -> str:
    """The palette as custom properties of the elements that a selector names.

    Parameters
    ----------
    selector : str
        A selector of CSS, such as ``:root``.

    Returns
    -------
    str
        One rule of CSS.

    Examples
    --------
    >>> palette_style(":root").splitlines()[1]
    '  --trnn-sheet: light-dark(#ffffff, #16181c);'
    """
    colours = {name: colour.css for name, colour in PAGE.items()}
    for kind, ends in SCALES.items():
        for end, colour in zip(("minus", "plus"), ends, strict=True):
            colours[f"{kind}-{end}"] = colour.css
            colours[f"{kind}-{end}-full"] = _fullest(colour).css
    lines = "\n".join(f"  --trnn-{name}: {value};" for name, value in colours.items())
    return f"{selector} {{\n{lines}\n}}\n"


def _fullest(colour: Colour) -> Colour:
    light = f"color-mix(in oklab, {colour.light} {FULLEST['light']}%, {PAPER.light})"
    dark = f"color-mix(in oklab, {colour.dark} {FULLEST['dark']}%, {PAPER.dark})"
    return Colour(light, dark)
