"""A record in float64, whatever precision it was made in."""

from __future__ import annotations

from teachrnn.trace import Trace


def in_double(trace: Trace) -> Trace:
    """The same operations on the same leaves, in float64; the trace itself if it is already.

    A difference of two losses needs every digit that float64 has. The leaves of a float32 record
    are float64 numbers too, so nothing but the rounding of its forward pass is lost on the way.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=2, symbols=3, dtype=np.float32, rng=np.random.default_rng(0))
    >>> in_double(model.record([0, 1], [1, 2]))["h[2]"].data.dtype
    dtype('float64')
    """
    single = [v for v in trace.values if v.data.dtype.kind == "f" and v.data.dtype.itemsize < 8]
    if not single:
        return trace
    return trace.replay({v.name: v.data.astype(float) for v in single if v.role != "result"})
