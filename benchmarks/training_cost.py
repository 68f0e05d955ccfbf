"""How the cost of training grows: with T, with the length of the text, and with the flight recorder on.

Prints microseconds per update, as medians of alternating rounds on one BLAS thread, and the memory that
a training needs in addition to a memory-mapped text; with --figure, also draws a figure.

Run: python benchmarks/training_cost.py [--figure FILE]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import tempfile
import tracemalloc
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Annotated

import numpy as np
import typer

from teachrnn.data import InOrder
from teachrnn.models import CharRNN
from teachrnn.optimizers import AdaGrad
from teachrnn.training import FlightRecorder, Training

M, K = 100, 80
LENGTHS = (5, 10, 25, 50, 100, 200)
SYMBOLS = (100_000, 1_000_000, 10_000_000)
ROUNDS, UPDATES = 9, 100


def training(tokens, *, length=25, recorder=None):
    """A training of the assignment's size."""
    model = CharRNN(hidden=M, symbols=K, dtype=np.float32, rng=np.random.default_rng(0))
    batching = InOrder(tokens, length=length)
    return Training(model, batching, AdaGrad(eta=0.01), recorder=recorder)


def microseconds(runs):
    """Median time per update of each, measured in alternation."""
    times = {name: [] for name in runs}
    for run in runs.values():
        list(islice(run, 20))
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = perf_counter()
            for _ in islice(run, UPDATES):
                pass
            times[name].append(1e6 * (perf_counter() - start) / UPDATES)
    return {name: np.array(taken) for name, taken in times.items()}


def memory(tokens):
    """Peak memory of a training without its text, in bytes."""
    tracemalloc.start()
    try:
        list(islice(training(tokens), 50))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def mapped(folder, symbols, rng):
    """A text with that many symbols, mapped into memory from a file."""
    path = Path(folder) / f"{symbols}.bin"
    rng.integers(0, K, symbols, dtype=np.uint8).tofile(path)
    return np.memmap(path, np.uint8, "r")


def main(
    figure: Annotated[Path | None, typer.Option(help="Where to draw it (PNG, SVG, PDF).")] = None,
) -> None:
    """Measure and print."""
    rng = np.random.default_rng(0)
    text = rng.integers(0, K, 300_000, dtype=np.uint8)
    print(
        f"vanilla, m={M}, K={K}, float32, batch 1, one thread; medians of {ROUNDS} rounds in alternation"
    )
    by_length = microseconds({T: training(text, length=T) for T in LENGTHS})
    print("\nT: µs per update, µs per symbol")
    for T, taken in by_length.items():
        print(f"{T:6} {np.median(taken):10.1f} {np.median(taken) / T:10.2f}")
    with tempfile.TemporaryDirectory() as folder:
        texts = {n: mapped(folder, n, rng) for n in SYMBOLS}
        by_text = microseconds({n: training(tokens) for n, tokens in texts.items()})
        print("\nsymbols in the text (mapped file): µs per update, memory of the training in kB")
        for n, taken in by_text.items():
            print(f"{n:12,} {np.median(taken):10.1f} {memory(texts[n]) / 1e3:10.0f}")
        del texts
    recorder = FlightRecorder(every=1)
    off_on = microseconds({"off": training(text), "on": training(text, recorder=recorder)})
    ratio = np.median(off_on["on"] / off_on["off"])
    print(f"\nflight recorder keeping every step: {ratio:.3f} times the time without")
    if figure is not None:
        draw(by_length, by_text, figure)


def draw(by_length, by_text, path):
    """Draw the two lines."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(list(by_length), [np.median(t) for t in by_length.values()], "o-", color="#1b6ca8")
    left.set(xlabel="T, symbols in a sequence", ylabel="µs per update", xlim=0, ylim=0)
    left.set_title("Cost grows linearly with T,")
    right.semilogx(list(by_text), [np.median(t) for t in by_text.values()], "s-", color="#1b6ca8")
    right.set(xlabel="symbols in the text", ylabel="µs per update")
    right.set_ylim(0, 2 * max(np.median(t) for t in by_text.values()))
    right.set_title("and not with the length of the text")
    figure.savefig(path)
    print(f"Figure: {path}")


if __name__ == "__main__":
    typer.run(main)
