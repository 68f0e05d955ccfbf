"""Where the chance in a run comes from: a stream of random numbers of its own for each use of it."""

from __future__ import annotations

from enum import IntEnum, unique
from typing import Any

import numpy as np

from teachrnn.errors import FileFormatError


@unique
class Stream(IntEnum):
    """The uses of randomness in a run, each with the number that, with the run's seed, makes its stream.

    A new use gets a new number. Existing numbers must not change: the losses of every run that is
    resumed or repeated depend on them.

    Examples
    --------
    >>> Stream.READING.of(7).integers(100, size=3).tolist()
    [87, 77, 87]
    >>> Stream.SAMPLES.of(7, 40).integers(100, size=3).tolist()
    [89, 30, 3]
    """

    PARAMETERS = 0
    """The initial weights."""
    READING = 1
    """The order in which the text is read."""
    SAMPLES = 2
    """What a run writes as it learns: a stream for each update."""
    CHECK = 3
    """The network, beside the run's own, of which a report checks the gradient."""
    PASSAGE = 4
    """The long passage at the end of a report."""

    def of(self, seed: int, *place: int) -> np.random.Generator:
        """Its generator, at the beginning.

        Parameters
        ----------
        seed : int
            The seed of the run.
        *place : int
            What tells several streams of the same use apart, such as the update.

        Returns
        -------
        numpy.random.Generator
            The same numbers for the same seed and place, whatever else is drawn.
        """
        return np.random.default_rng([seed, int(self), *place])


def generator_state(rng: np.random.Generator) -> dict[str, Any]:
    """Where a generator is, as JSON can hold it.

    Parameters
    ----------
    rng : numpy.random.Generator
        The generator.

    Returns
    -------
    dict
        What `restore_generator` takes.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> state = generator_state(rng)
    >>> first = rng.random()
    >>> restore_generator(rng, state)
    >>> rng.random() == first
    True
    """
    plain: dict[str, Any] = _without_arrays(rng.bit_generator.state)
    return plain


def restore_generator(rng: np.random.Generator, state: Any) -> None:
    """Let a generator continue from a saved state.

    Parameters
    ----------
    rng : numpy.random.Generator
        The generator.
    state : dict
        What `generator_state` returned for a generator of the same kind.

    Raises
    ------
    FileFormatError
        If it is not such a state.
    """
    try:
        rng.bit_generator.state = state
    except (ValueError, TypeError, KeyError, OverflowError) as error:  # NumPy's, of what it is given
        raise FileFormatError(f"the saved state of the random numbers is invalid: {error}.") from error


def _without_arrays(value: Any) -> Any:
    """The state of a bit generator; it takes lists in place of arrays."""
    if isinstance(value, dict):
        return {key: _without_arrays(part) for key, part in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value
