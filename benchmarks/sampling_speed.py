"""The cost of generating text symbol by symbol, compared with the loop of min-char-rnn.

The peer uses column vectors and one-hot inputs, and draws with np.random.choice. Both use the same
random bits and generate the same text in double precision (checked first; how long the texts agree in
single precision is shown). Rounds alternate, on one BLAS thread.

Run: python benchmarks/sampling_speed.py
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import time

import numpy as np

from teachrnn import CharRNN
from teachrnn.sampling import Greedy, Nucleus, Temperature, TopK, write

M, K = 100, 80
COUNT = 10_000
ROUNDS = 9
START = 0
PEER = "column loop (min-char-rnn)"
SAMPLERS = (Temperature(), Temperature(temperature=0.7), Greedy(), TopK(), Nucleus())


def column_loop(p, random):
    """Draw in the style of min-char-rnn."""
    b, c = p["b"][:, None], p["c"][:, None]
    x, h = np.zeros((K, 1), b.dtype), np.zeros((M, 1), b.dtype)
    x[START] = 1
    written = []
    for _ in range(COUNT):
        h = np.tanh(np.dot(p["U"], x) + np.dot(p["W"], h) + b)
        o = np.dot(p["V"], h) + c
        probabilities = np.exp(o) / np.sum(np.exp(o))
        symbol = random.choice(range(K), p=probabilities.ravel())
        x = np.zeros((K, 1), b.dtype)
        x[symbol] = 1
        written.append(symbol)
    return written


def ours(model, sampler, rng):
    """Draw with teachrnn."""
    return write(model.reader(), sampler, prime=[START], count=COUNT, rng=rng).tokens


def legacy():
    """A RandomState, of which np.random.choice is a method, on bits that a Generator can use too."""
    return np.random.RandomState(np.random.MT19937(0))


def modern():
    """A Generator on the same bits."""
    return np.random.Generator(np.random.MT19937(0))


def microseconds(function):
    """Time per symbol of one text."""
    start = time.perf_counter()
    function()
    return 1e6 * (time.perf_counter() - start) / COUNT


def main():
    """Compare and print."""
    models = {
        dtype: CharRNN(hidden=M, symbols=K, scale=0.1, dtype=dtype, rng=np.random.default_rng(0))
        for dtype in ("float32", "float64")
    }
    arrays = {
        dtype: {name: np.array(a, order="C") for name, a in model.parameters.items()}
        for dtype, model in models.items()
    }
    texts = {dtype: ours(model, Temperature(), modern()) for dtype, model in models.items()}
    np.testing.assert_array_equal(texts["float64"], column_loop(arrays["float64"], legacy()))
    same = np.cumprod(texts["float32"] == texts["float64"]).sum()
    print(f"m={M}, K={K}, {COUNT} symbols, one thread, medians of {ROUNDS} rounds in alternation")
    print(f"float64: the same text; float32: the same for the first {same} symbols")
    runs = {}
    for dtype, model in models.items():
        runs[dtype, PEER] = lambda p=arrays[dtype]: column_loop(p, legacy())
        for sampler in SAMPLERS:
            runs[dtype, str(sampler)] = lambda model=model, sampler=sampler: ours(
                model, sampler, modern()
            )
    times = {key: [] for key in runs}
    for _ in range(ROUNDS):
        for key, run in runs.items():
            times[key].append(microseconds(run))
    print(f"{'':52}{'µs per symbol':>13}{'times as fast':>15}")
    for (dtype, name), taken in times.items():
        ratio = np.median(np.array(times[dtype, PEER]) / np.array(taken))
        print(f"{dtype}  {name:43}{np.median(taken):13.1f}{ratio:15.2f}")


if __name__ == "__main__":
    main()
