"""The name of a recorded value, taken apart in one place for all that use it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
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
    r"(?:layer(?P<layer>\d+)\.)?(?P<letter>[^_\[\]]+)(?:_(?P<gate>[^\[\]]+))?(?:\[(?P<t>\d+)\])?"
)
_OTHER = re.compile(r"(?P<letter>.*?)(?:\[(?P<t>\d+)\])?", re.DOTALL)


@dataclass(frozen=True)
class Name:
    """Such as ``layer2.W_f[3]``.

    Attributes
    ----------
    letter : str
        ``W``; for a name of another form, all but its time.
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

    @classmethod
    def of(cls, text: str) -> Name:
        """Take a name apart.

        Examples
        --------
        >>> Name.of("layer2.W_f[3]")
        Name(letter='W', layer=2, gate='f', t=3)
        >>> str(Name.of("layer2.h[0]").at(1)), str(Name.of("layer2.h[0]").at(None))
        ('layer2.h[1]', 'layer2.h')
        """
        return _name(text)

    @property
    def scope(self) -> str:
        """What names of the same layer begin with: ``layer2.``, or nothing."""
        return "" if self.layer is None else f"layer{self.layer}."

    def at(self, t: int | None) -> Name:
        """The same at another time step, or at none."""
        return replace(self, t=t)

    def __str__(self) -> str:
        return (
            f"{self.scope}{self.letter}{gate_suffix(self.gate)}{'' if self.t is None else f'[{self.t}]'}"
        )


@lru_cache(maxsize=8192)
def timeless(name: str) -> str:
    """A name without its time step.

    Examples
    --------
    >>> timeless("layer2.h[3]"), timeless("W")
    ('layer2.h', 'W')
    """
    return str(Name.of(name).at(None))


def layer_scope(layer: int, layers: int) -> str:
    """What names of a layer begin with: nothing where there is only one.

    Examples
    --------
    >>> layer_scope(2, 3), layer_scope(1, 1)
    ('layer2.', '')
    """
    return Name("", layer).scope if layers > 1 else ""


def gate_suffix(gate: str) -> str:
    """What names of a gate end with, before the time: ``_f``; nothing where a cell has no gates."""
    return f"_{gate}" if gate else ""


@lru_cache(maxsize=8192)
def _name(text: str) -> Name:
    found = _PARTS.fullmatch(text) or _OTHER.fullmatch(text)
    assert found is not None  # the second fits any text
    parts = {"layer": None, "gate": None, **found.groupdict()}
    layer, t = parts["layer"], parts["t"]
    return Name(
        parts["letter"] or "",
        None if layer is None else int(layer),
        parts["gate"] or "",
        None if t is None else int(t),
    )
