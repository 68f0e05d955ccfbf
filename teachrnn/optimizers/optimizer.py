"""The contract of an optimizer: one rule, written for a stretch of the parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from teachrnn.array import Array
from teachrnn.copying import CopiedWhole
from teachrnn.errors import DomainError, NameLookupError, ShapeError
from teachrnn.hyper_parameter import HyperParameters, positive
from teachrnn.part import Part
from teachrnn.registry import Registry

FADING = 256
"""Updates after which numbers that have faded to almost 0 are removed from the state."""

PRECISIONS = (np.dtype(np.float32), np.dtype(np.float64))

OPTIMIZERS = Registry["type[Optimizer]"]("optimizer")
"""Every optimizer, by the name used on the command line: filled by defining subclasses."""


@dataclass(kw_only=True, eq=False)
class Optimizer(CopiedWhole, HyperParameters, Part, registry=OPTIMIZERS, required=("rule", "formula")):
    r"""Base of every optimizer: a rule that changes parameters $\theta$ by their gradient $g$.

    A subclass is a dataclass whose fields are its hyper-parameters. It states

    ``name``
        What it is called on the command line.
    ``state``
        Names of the vectors that it keeps from update to update, each as long as $\theta$.
    ``rule(self, theta, g, tmp, *state)``
        The update, in place, of any block of the vectors: entries are independent. ``tmp`` is
        scratch memory, ``g`` is not changed, ``self.t`` is the number of the update, from 1.
        Every pass over the vectors takes time, so each is one NumPy call that allocates nothing.
    ``formula(sp, theta, g, t, *state, eta, ...)``
        The rule a second time, for one entry, with numbers of the module ``sp`` (SymPy) that is passed
        in: the new $\theta$, and the new state by name. Hyper-parameters are keywords.

    Defining the subclass registers it in `OPTIMIZERS`, and `teachrnn.testing.optimizer_suite` tests it.

    Parameters
    ----------
    eta : float
        Learning rate $\eta$; a schedule may set ``optimizer.eta`` before an update.

    Examples
    --------
    >>> @dataclass(kw_only=True, eq=False)
    ... class SignDescent(Optimizer, register=False):
    ...     name = "sign"
    ...     eta: float = positive(0.1)
    ...
    ...     def rule(self, theta, g, tmp):
    ...         np.sign(g, tmp)
    ...         tmp *= self.eta
    ...         theta -= tmp
    ...
    ...     @staticmethod
    ...     def formula(sp, theta, g, t, *, eta):
    ...         return theta - eta * sp.sign(g), {}
    >>> theta = np.array([1.0, 2.0])
    >>> SignDescent(eta=0.5).update(theta, np.array([3.0, -4.0]))
    >>> theta
    array([0.5, 2.5])
    """

    state: ClassVar[tuple[str, ...]] = ()
    rule: ClassVar[Callable[..., None]]
    formula: ClassVar[Callable[..., Any]]
    stretch_bytes: ClassVar[int] = 2**18
    """How much of each vector is worked on at a time: few enough bytes for all to stay in cache."""

    eta: float = positive()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.t = 0
        self._vectors: dict[str, Array] = {}
        self._known: tuple[Array | None, Array | None] = (None, None)
        self._stretches: list[tuple[Array, ...]] = []

    def start(self) -> dict[str, float]:
        """What the state vectors are filled with before the first update: 0, unless overridden.

        Returns
        -------
        dict
            A number by the name of each state vector.
        """
        return dict.fromkeys(self.state, 0.0)

    def update(self, theta: Array, g: Array) -> None:
        r"""Change $\theta$ in place.

        Parameters
        ----------
        theta : ndarray
            All parameters of a model, (n,), float32 or float64.
        g : ndarray
            Gradient of the loss with respect to them, of the same shape and precision; it is left as
            it is. If the same two arrays are passed every time, nothing is allocated.

        Raises
        ------
        ShapeError
            If the two do not match, or do not match the state.
        DomainError
            If their precision is another, or one in which a hyper-parameter vanishes.
        """
        if theta is not self._known[0] or g is not self._known[1]:
            self._cut(theta, g)
        self.eta = float(self.eta)  # a NumPy number would promote float32 to float64
        self.t += 1
        for stretch in self._stretches:
            self.rule(*stretch)
        if self.t % FADING == 0:
            self._drop_faded()

    def _cut(self, theta: Array, g: Array) -> None:
        """Cut all vectors into stretches, once for as long as the same two arrays come in."""
        self._check(theta, g)
        if not self._vectors:
            self._vectors = {n: np.full_like(theta, value) for n, value in self.start().items()}
        length = max(1, self.stretch_bytes // theta.itemsize)
        tmp = np.empty(min(length, theta.size), theta.dtype)
        self._stretches = []
        for i in range(0, theta.size, length):
            here = slice(i, min(i + length, theta.size))
            state = [self._vectors[name][here] for name in self.state]
            self._stretches.append((theta[here], g[here], tmp[: here.stop - i], *state))
        self._known = theta, g

    def _check(self, theta: Array, g: Array) -> None:
        where = type(self).__name__
        if theta.ndim != 1 or theta.shape != g.shape:
            raise ShapeError(
                f"{where}: `theta` has shape {theta.shape} and `g` {g.shape}, but both must be flat "
                "vectors of one length. Lay all parameters into one vector."
            )
        if theta.dtype not in PRECISIONS or g.dtype != theta.dtype:
            raise DomainError(
                f"{where}: `theta` is {theta.dtype} and `g` {g.dtype}, but both must be float32, or "
                "both float64."
            )
        if np.may_share_memory(theta, g):
            raise DomainError(f"{where}: `theta` and `g` share memory, but `g` must keep its numbers.")
        for name, m in self._vectors.items():
            if m.shape != theta.shape or m.dtype != theta.dtype:
                raise ShapeError(
                    f"{where}: the state `{name}` is {m.dtype} of shape {m.shape}, but `theta` is "
                    f"{theta.dtype} of shape {theta.shape}. Use a new optimizer for another model."
                )
        least = float(np.finfo(theta.dtype).tiny)
        for name, allowed in self.ranges().items():
            value = getattr(self, name)
            if 0 not in allowed and name != "eta" and value < least:  # a schedule may end at eta = 0
                raise DomainError(
                    f"{where}: `{name}` is {value}, which {theta.dtype} takes for 0. Choose at least "
                    f"{least:.2g}."
                )

    def _drop_faded(self) -> None:
        """Set to 0 whatever of the state is too small to be a normal number.

        Where the gradient stays 0, as for a rare symbol's column of U, a moving mean fades by a share
        at every update. It never gets to 0: rounding holds it at a few units of the smallest number,
        and with such numbers processors divide, some also multiply, many times slower.
        """
        for _, _, tmp, *state in self._stretches:
            for m in state:
                np.abs(m, tmp)
                np.greater_equal(tmp, np.finfo(tmp.dtype).tiny, tmp)  # 1 or 0
                m *= tmp

    def state_arrays(self) -> dict[str, Array]:
        """A copy of the optimizer's state: the update count ``t``, and the state vectors, if any.

        Returns
        -------
        dict
            Arrays by name.
        """
        return {"t": np.array(self.t)} | {name: m.copy() for name, m in self._vectors.items()}

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Resume from what `state_arrays` returned: the next update is the same to the last bit.

        Parameters
        ----------
        arrays : mapping
            What `state_arrays` returned.

        Raises
        ------
        NameLookupError
            If an array is missing or unknown.
        ShapeError
            If the state vectors are not flat, differ in length, or are not as long as before.
        DomainError
            If the count or the precision of a vector makes no sense.
        """
        where = f"{type(self).__name__}.restore"
        t = np.asarray(arrays.get("t", -1))
        if t.ndim or t.dtype.kind not in "iu" or t < 0:
            raise DomainError(f"{where}: `t` must be there, the number of updates, a whole number.")
        names = self.state if t > 0 else ()
        given = sorted(set(arrays) - {"t"})
        if given != sorted(names):
            raise NameLookupError(
                f"{where}: the vectors given are {given}, but after {t} updates the state of "
                f"{type(self).__name__} is {sorted(names)}."
            )
        vectors = {name: np.array(arrays[name]) for name in names}
        like = next(iter((self._vectors or vectors).values()), None)
        for name, m in vectors.items():
            if m.dtype not in PRECISIONS:
                raise DomainError(f"{where}: `{name}` is {m.dtype}, but must be float32 or float64.")
            if like is not None and (m.ndim != 1 or m.shape != like.shape or m.dtype != like.dtype):
                raise ShapeError(
                    f"{where}: `{name}` is {m.dtype} of shape {m.shape}, but must be a flat vector, "
                    f"{like.dtype} of shape ({like.size},)."
                )
        self.t, self._vectors = int(t), vectors
        self._known, self._stretches = (None, None), []

    def __getstate__(self) -> dict[str, Any]:
        """Leave the stretches out of a copy: they would be copied apart from their vectors."""
        return self.__dict__ | {"_known": (None, None), "_stretches": []}
