"""How large the gradients are on their way back through time, right and with a mistake."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.instance import Instance
from teachrnn.laboratory.mistaken_path import MistakenPath
from teachrnn.laboratory.planted_mistake import PlantedMistake


@dataclass(frozen=True, eq=False)
class GradientPicture:
    """Norms of the gradients of one pass, right and with a mistake.

    Attributes
    ----------
    mistake : str
        Name of the mistake.
    state : dict of str to (ndarray, ndarray, ndarray)
        For each state vector, such as ``h``, at the steps 1 .. T the norm of its gradient, right and
        with the mistake, and that of the difference, in nats per unit.
    parameters : dict of str to (ndarray, ndarray)
        For each parameter its gradient: right, and with the mistake.
    sizes : str
        At which sizes, in words.
    """

    mistake: str
    state: dict[str, tuple[Array, Array, Array]]
    parameters: dict[str, tuple[Array, Array]]
    sizes: str

    @property
    def most_wrong(self) -> str | None:
        """The matrix whose gradient has the largest error, relative to it; None if all are right."""
        errors = {
            name: float(np.linalg.norm(given - right) / np.linalg.norm(right))
            for name, (right, given) in self.parameters.items()
            if right.ndim > 1 and not np.allclose(given, right, rtol=1e-9, atol=1e-12)
        }
        return max(errors, key=errors.__getitem__) if errors else None


def gradient_picture(
    planted: PlantedMistake,
    cell: str = "vanilla",
    *,
    T: int = 12,
    hidden: int = 6,
    symbols: int = 8,
    scale: float = 0.5,
    seed: int = 0,
) -> GradientPicture:
    """Make one pass, rightly and with a mistake, on the same numbers.

    Parameters
    ----------
    planted : PlantedMistake
        The mistake; one that is not in the backward pass leaves every gradient right.
    cell : str
        Name of the cell.
    T, hidden, symbols : int
        T, m and K.
    scale : float
        Standard deviation of the weights.
    seed : int
        Of the random numbers.

    Returns
    -------
    GradientPicture
        The norms over time, and the gradients of the parameters.

    Examples
    --------
    >>> from teachrnn.laboratory import find_mistake
    >>> picture = gradient_picture(find_mistake("no carry", "vanilla"), T=4)
    >>> right, wrong, difference = picture.state["h"]
    >>> (difference > 0).tolist()                  # nothing comes back to steps 1 to 3
    [True, True, True, False]
    >>> picture.most_wrong
    'U'
    """
    instance = Instance.draw(cell, T=T, hidden=hidden, symbols=symbols, scale=scale, seed=seed)
    passes = []
    for mistakes in ((), planted.backward):
        model = instance.model
        path = MistakenPath(model, mistakes, model.zero_gradients(), length=T)
        path.start({name: np.atleast_2d(vector) for name, vector in instance.state.items()})
        path.gradient(instance.x, instance.y)
        arrived = {name: path.sweep.arrived_over_time(name)[:, 0] for name in model.state_names()}
        passes.append((arrived, {name: d.copy() for name, d in path.gradients.items()}))
    (right, d), (wrong, given) = passes
    norms = {
        name: (_norms(a), _norms(wrong[name]), _norms(wrong[name] - a)) for name, a in right.items()
    }
    both = {name: (d[name], given[name]) for name in d}
    return GradientPicture(planted.name, norms, both, instance.said_sizes)


def _norms(vectors: Array) -> Array:
    return np.asarray(np.linalg.norm(vectors, axis=1))
