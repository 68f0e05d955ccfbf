"""What somebody does to check a gradient: at which numbers, against what, by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

import numpy as np

from teachrnn.checking.set_ups.criterion import Allclose, Criterion
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.probes import DrawInstance
from teachrnn.errors import DomainError

Against = Literal["exact", "complex", "central", "one-sided"]
DEFAULT = Allclose()
AGAINST: dict[str, str] = {
    "exact": "the exact gradient",
    "complex": "a complex step",
    "central": "a central difference",
    "one-sided": "a one-sided difference",
}
"""What a gradient is compared with, in words."""


@dataclass(frozen=True)
class Circumstances:
    """The numbers at which a gradient is checked.

    Attributes
    ----------
    T, m, K : int
        Time steps, size of the state, number of symbols.
    B : int or None
        Sequences in a batch; None for code that takes one sequence, in which no mistake with B is made.
    scale : float
        Standard deviation of the weights.
    start : float
        That of the initial state; 0 for a state of zeros.
    biases : bool
        Whether the biases are drawn as the weights are; else they are 0.
    """

    T: int = 10
    m: int = 5
    K: int = 8
    B: int | None = None
    scale: float = 0.5
    start: float = 0.0
    biases: bool = True

    def __post_init__(self) -> None:
        for name in ("T", "m", "K", "B"):
            size = getattr(self, name)
            if size is not None and (not isinstance(size, int | np.integer) or size < 1):
                raise DomainError(f"`{name}` is {size!r}: give a whole number of at least 1.")
        for name in ("scale", "start"):
            if not 0 <= getattr(self, name) < np.inf:
                raise DomainError(f"`{name}` is {getattr(self, name)!r}: give a number of at least 0.")

    def draw(self, draw: DrawInstance, seed: int, dtype: str = "float64") -> Instance:
        """DrawInstance a network, a sequence and an initial state.

        Parameters
        ----------
        draw : callable
            Takes what `Instance.draw` takes after the cell.
        seed : int
            Of the random numbers.
        dtype : str
            Of the parameters.

        Returns
        -------
        Instance
            The numbers, and the right gradients for them.
        """
        drawn = draw(
            T=self.T, hidden=self.m, symbols=self.K, batch=self.B, scale=self.scale,
            start=self.start, seed=seed, dtype=dtype,
        )  # fmt: skip
        if not self.biases:
            for array in drawn.model.parameters.values():
                if array.ndim == 1:
                    array[...] = 0
        return drawn

    def __str__(self) -> str:
        batch = "" if self.B is None else f", B = {self.B}"
        start = "h0 = 0" if self.start == 0 else f"h0 of size {self.start:.3g}"
        zero = "" if self.biases else ", biases 0"
        sizes = f"T = {self.T}, m = {self.m}, K = {self.K}{batch}"
        return f"{sizes}, weights of size {self.scale:.3g}{zero}, {start}"


@dataclass(frozen=True)
class CheckSetUp:
    """A way to check a gradient.

    Attributes
    ----------
    at : tuple of Circumstances
        The numbers, one check at each: a gradient passes if it passes all.
    against : str
        "exact", "complex" (step), "central" or "one-sided" (difference).
    step : float or None
        The step h of a difference; None if there is none.
    rule : Criterion
        When two gradients count as the same.
    dtype : str
        In which precision gradient and losses are computed.
    entries : int or None
        How many entries of each parameter are compared; None for all of them.
    choice : str
        Which, if not all: "random" ones, or the "first".
    parameters : tuple of str or None
        Whose gradients are compared; None for all.
    name, source : str
        What it is called, and where it comes from.

    Examples
    --------
    >>> mine = CheckSetUp(at=(Circumstances(T=5, scale=0.01),), rule=Allclose(1e-3, 1e-5))
    >>> mine.changed(scale=0.5, entries=1).at[0].scale
    0.5
    """

    at: tuple[Circumstances, ...] = (Circumstances(),)
    against: Against = "central"
    step: float | None = 1e-5
    rule: Criterion = DEFAULT
    dtype: str = "float64"
    entries: int | None = None
    choice: Literal["random", "first"] = "random"
    parameters: tuple[str, ...] | None = None
    name: str = "this check"
    source: str = ""

    def __post_init__(self) -> None:
        if self.against not in AGAINST:
            raise DomainError(f"`against` is {self.against!r}; there are: {', '.join(AGAINST)}.")
        if self.differs_by_steps and not (self.step and 0 < self.step < np.inf):
            raise DomainError(f"`step` is {self.step!r}: a difference needs one, such as 1e-5.")
        if self.dtype not in ("float64", "float32"):
            raise DomainError(f"`dtype` is {self.dtype!r}; there are: float64, float32.")
        if self.entries is not None and self.entries < 1:
            raise DomainError(f"`entries` is {self.entries}: at least 1 must be compared.")
        if not self.at:
            raise DomainError("`at` is empty: a check needs numbers to be made at.")

    @property
    def differs_by_steps(self) -> bool:
        """Whether the reference is a difference of two losses, with all its rounding."""
        return self.against in ("central", "one-sided")

    @property
    def takes_batches(self) -> bool:
        """Whether the code that is checked takes several sequences at once."""
        return any(one.B is not None for one in self.at)

    def changed(self, **changes: Any) -> CheckSetUp:
        """The same with something else, of the set-up or of the numbers at which it is made.

        Parameters
        ----------
        **changes
            Attributes of `CheckSetUp`, or of `Circumstances`, which are then changed everywhere.

        Returns
        -------
        CheckSetUp
            The other set-up.

        Raises
        ------
        DomainError
            If there is no such attribute, or it cannot be that.
        """
        numbers = {k: v for k, v in changes.items() if k in _NUMBERS}
        unknown = sorted(set(changes) - _NUMBERS - {f.name for f in fields(self)})
        if unknown:
            raise DomainError(f"a set-up for checking has no {', '.join(unknown)}.")
        own = {k: v for k, v in changes.items() if k not in _NUMBERS}
        at = own.pop("at", self.at)
        return replace(self, at=tuple(replace(one, **numbers) for one in at), **own)

    def to_dict(self) -> Mapping[str, Any]:
        """Everything, for JSON.

        Returns
        -------
        dict
            Its attributes; the rule in words.
        """
        return {**asdict(self), "rule": str(self.rule)}

    def __str__(self) -> str:
        which = "every entry" if self.entries is None else _some(self.entries, self.choice)
        of = "" if self.parameters is None else f" of {', '.join(self.parameters)}"
        step = f" with step {self.step:.0e}" if self.differs_by_steps else ""
        at = str(self.at[0]) if len(self.at) == 1 else f"{len(self.at)} sets of numbers"
        return (
            f"{which}{of}, against {AGAINST[self.against]}{step}, in {self.dtype}; {self.rule}; at {at}"
        )


def _some(entries: int, choice: str) -> str:
    if choice == "first":
        return "the first entry" if entries == 1 else f"the first {entries} entries"
    return "one entry at random" if entries == 1 else f"{entries} entries at random"


_NUMBERS = {f.name for f in fields(Circumstances)}
