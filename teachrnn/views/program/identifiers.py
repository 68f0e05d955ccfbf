"""What the values of a trace are called in a program: by their letter, layer and gate."""

from __future__ import annotations

import keyword
import re
import unicodedata

from teachrnn.formulas.name import Name, gate_suffix

OF_THE_PROGRAM = ("np", "t", "T", "loss", "len", "range", "sigmoid", "softmax")
"""Names that the program itself uses."""


class Identifiers:
    """Gives every name an identifier of its own.

    Examples
    --------
    >>> called = Identifiers()
    >>> [called.of(name) for name in ("h", "layer2.h", "layer2.W_f", "lambda", "x y")]
    ['h', 'h2', 'W2_f', 'lambda_', 'x_y']
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, bool, str, str], str] = {}
        self._taken = set(OF_THE_PROGRAM)

    def of(self, name: str, *, timed: bool = False, before: str = "", after: str = "") -> str:
        """The identifier of a name without its time step.

        Parameters
        ----------
        name : str
            The name, such as ``layer2.W_f``.
        timed : bool
            Whether it belongs to time steps: another of the same name may not.
        before, after : str
            What the identifier begins and ends with besides: ``d`` and ``_next`` for the gradient that
            comes from the next time step.

        Returns
        -------
        str
            The same one whenever it is asked for.
        """
        key = name, timed, before, after
        if key not in self._found:
            self._found[key] = self._free(f"{before}{_plain(name)}{after}")
        return self._found[key]

    def _free(self, wanted: str) -> str:
        if keyword.iskeyword(wanted) or wanted in self._taken:
            wanted += "_"
        free, count = wanted, 1
        while free in self._taken:
            count += 1
            free = f"{wanted}{count}"
        self._taken.add(free)
        return free


def _plain(name: str) -> str:
    parts = Name.of(name)
    layer = "" if parts.layer is None else str(parts.layer)
    text = unicodedata.normalize("NFKC", f"{parts.letter}{layer}{gate_suffix(parts.gate)}")
    text = re.sub(r"\W", "_", text)
    return text if text.isidentifier() else f"_{text}"
