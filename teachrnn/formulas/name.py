"""The name of a recorded value, taken apart once for everybody who writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "eta": "η",
    "theta": "θ",
    "lambda": "λ",
    "mu": "μ",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
}
"""Letters that are written out in a name."""

_PARTS = re.compile(
    r"(?:layer(?P<layer>\d+)\.)?(?P<base>[^_\[\]]+)(?:_(?P<gate>[^\[\]]+))?(?:\[(?P<t>\d+)\])?"
)


@dataclass(frozen=True)
class Name:
    """Such as ``layer2.W_f[3]``.

    Attributes
    ----------
    letter : str
        ``W``; of a name that is not made this way all of it.
    layer : int or None
        2.
    gate : str
        ``f``.
    t : int or None
        3.
    """

    letter: str
    layer: int | None = None
    gate: str = ""
    t: int | None = None
    plain: bool = True
    """Whether the name is made this way."""

    @classmethod
    def of(cls, text: str) -> Name:
        """Take a name apart.

        Examples
        --------
        >>> Name.of("layer2.W_f[3]")
        Name(letter='W', layer=2, gate='f', t=3, plain=True)
        """
        return _name(text)

    @property
    def scope(self) -> str:
        """What names of the same layer begin with: ``layer2.``, or nothing."""
        return "" if self.layer is None else f"layer{self.layer}."

    def __str__(self) -> str:
        gate = f"_{self.gate}" if self.gate else ""
        return f"{self.scope}{self.letter}{gate}{'' if self.t is None else f'[{self.t}]'}"


@lru_cache(maxsize=8192)
def _name(text: str) -> Name:
    match = _PARTS.fullmatch(text)
    if match is None:
        return Name(text, plain=False)
    layer, t = match["layer"], match["t"]
    return Name(
        match["base"],
        None if layer is None else int(layer),
        match["gate"] or "",
        None if t is None else int(t),
    )
