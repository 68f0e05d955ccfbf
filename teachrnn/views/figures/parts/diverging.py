"""The two diverging colour maps: transparent at 0, where the background shows through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from teachrnn.array import Array
from teachrnn.extras import require
from teachrnn.views.style.palette import COLOURS

if TYPE_CHECKING:
    from matplotlib.colors import Colormap, Normalize

LEVELS = 255
"""Number of levels; odd, so that 0 has its own."""


@dataclass(frozen=True)
class Diverging:
    """A diverging scale, centred at 0.

    Attributes
    ----------
    name : str
        What it colours.
    minus, plus : str
        Colour of the most negative and the most positive number.
    """

    name: str
    minus: str
    plus: str

    def map(self) -> Colormap:
        """For matplotlib: the two colours, increasingly transparent towards 0.

        Examples
        --------
        >>> [round(float(alpha), 2) for *_, alpha in VALUES.map()([0.0, 0.5, 1.0])]
        [1.0, 0.0, 1.0]
        """
        colors = require("matplotlib.colors", extra="figures", purpose="A figure")
        share = np.linspace(-1, 1, LEVELS)
        ends = np.array([colors.to_rgb(self.minus), colors.to_rgb(self.plus)])
        rgba = np.column_stack([ends[(share > 0).astype(int)], np.abs(share)])
        return colors.ListedColormap(rgba, name=f"teachrnn-{self.name}")

    def norm(self, data: Array) -> Normalize:
        """From the largest finite number in ``data`` down to its negative."""
        colors = require("matplotlib.colors", extra="figures", purpose="A figure")
        finite = np.abs(data[np.isfinite(data)])
        largest = float(finite.max(initial=0.0)) or 1.0
        return colors.Normalize(-largest, largest)

    def norm_from(self, low: float, high: float) -> Normalize:
        """For numbers of one sign, from ``low``, which is transparent, to ``high``."""
        colors = require("matplotlib.colors", extra="figures", purpose="A figure")
        return colors.Normalize(2 * low - high, high)


VALUES = Diverging("value", *COLOURS["value"])
"""For values."""

GRADIENTS = Diverging("gradient", *COLOURS["gradient"])
"""For gradients."""
