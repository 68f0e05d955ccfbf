"""Names in prose, as the textbook writes them: h₃, h₃⁽²⁾ of the second layer, W of gate f."""

from __future__ import annotations

import re

from teachrnn.formulas.name import GREEK, Name
from teachrnn.op import Value
from teachrnn.views.story.structure import Structure
from teachrnn.views.style.visible_symbol import visible_symbol

BELOW = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
ABOVE = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LONGEST = 16
"""Characters of a name; a longer one is cut."""


class WrittenNames:
    """Writes the names of a trace's values.

    Parameters
    ----------
    structure : Structure
        Its roles: a name says which gate it belongs to.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=2, symbols=3, cell="lstm", layers=2, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1], [1, 2])
    >>> names = WrittenNames(Structure(trace))
    >>> [names.of(trace[name]) for name in ("layer2.h[1]", "layer1.a_f[2]", "layer1.W_g", "V")]
    ['h₁⁽²⁾', 'a₂⁽¹⁾ of gate f', 'W⁽¹⁾ of candidate g', 'V']
    """

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self._known: dict[int, str] = {}

    def of(self, value: Value) -> str:
        """The name of a value."""
        if value.index not in self._known:
            self._known[value.index] = self._written(value)
        return self._known[value.index]

    def whose(self, value: Value) -> str:
        """To which gate or candidate a value belongs: "gate f", or nothing."""
        name = Name.of(value.name)
        if not name.gate:
            return ""
        trace = self.structure.trace
        times = [name.t] if name.t is not None else range(1, trace.T + 1)
        for t in times:
            found = str(Name(name.gate, name.layer, "", t))
            if found in trace:
                kind = "gate" if self.structure.is_gate(trace[found]) else "candidate"
                return f"{kind} {_letter(name.gate)}"
        return _letter(name.gate) if len(name.gate) == 1 else ""

    def _written(self, value: Value) -> str:
        if value.role == "constant" and value.data.ndim == 0:
            return f"{value.data.item():g}"
        name = Name.of(value.name)
        owner = self.whose(value)
        letter = _letter(name.letter if owner or not name.gate else f"{name.letter} {name.gate}")
        time = "" if name.t is None else str(name.t).translate(BELOW)
        layer = "" if name.layer is None else above(name.layer)
        return f"{letter}{time}{layer}{f' of {owner}' if owner else ''}"


def above(layer: int) -> str:
    """The mark of a layer: ⁽²⁾."""
    return f"⁽{str(layer).translate(ABOVE)}⁾"


def _letter(text: str) -> str:
    """A letter, or a word that a reader chose, without the signs that mean something in a name."""
    plain = " ".join(re.sub(r"[\[\](){}<>_]+", " ", text).split()) or text
    shown = GREEK.get(plain, visible_symbol(plain).replace("␣", " "))
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def prose(docstring: str) -> str:
    r"""The first paragraph of a docstring without the marks of LaTeX and of code.

    Examples
    --------
    >>> prose("The share $x_{t-1}$ of ``a``,\nsay.\n\nMore.")
    'The share xₜ₋₁ of a, say.'
    """
    text = " ".join(docstring.partition("\n\n")[0].split())
    text = re.sub(r"_\{([^{}]*)\}|_(\w)\b", lambda m: (m[1] or m[2]).translate(BELOW), text)
    text = text.replace("\\top", "ᵀ").replace("\\odot", "⊙").replace("^ᵀ", "ᵀ")
    return re.sub(r"[$`\\]", "", text)
