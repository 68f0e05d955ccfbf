"""How long a training step takes: teachrnn and its peers, on one thread of one core.

A step is: forward over T characters, softmax and cross-entropy summed over T and averaged over the
batch, backpropagation through all T, every entry of the gradient clipped to [-5, 5], AdaGrad, and
the state carried on. All peers start from the same numbers and read the same text, and the script first
checks that they report the same losses. The text (Python's own help pages, the 80 most frequent
characters) is divided into steps beforehand; the time is that from arrays of integers to the loss.

Peers are timed in blocks of 50 ms, one block of each in every round, in an order that changes. Time is
the processor time of all threads on the one core: the wall-clock time if nothing else ran. The table
shows the median over the rounds, and the median, with quartiles, of the ratio to teachrnn *in the same
round*, which is less affected by a busy machine. Still, a busy core slows JAX and PyTorch most; the
script says when other programs had more than a twentieth of it.

Run: python benchmarks/training_speed.py            vanilla cell, m=100, T=25, batch 1, float32
     python benchmarks/training_speed.py --quick    the same in seconds, roughly
     python benchmarks/training_speed.py --all      every setting; takes minutes
     python benchmarks/training_speed.py --help     one setting of your choice, the figure
"""

from __future__ import annotations

import os

# One thread for all: the libraries read this when they are loaded.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import argparse
import importlib
import itertools
import pkgutil
import platform
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from pydoc_data.topics import topics

import numpy as np
import peers
from peers.peer import GATES, PEERS, CannotRunError, Setting

from teachrnn import CharRNN
from teachrnn.extras import require

K = 80
CHECKED = {"float64": (200, 1e-12), "float32": (10, 1e-4)}  # steps, and how far losses may differ
QUICK, FULL = (3, 0.01), (15, 0.05)  # rounds, and seconds of a block

ALL = [
    Setting("vanilla", 100, K, 25, 1, "float32"),
    *(Setting(cell, 100, K, 25, 1, "float64") for cell in ("vanilla", "lstm", "gru-reset-after")),
    *(
        Setting(cell, m, K, 25, B, "float32")
        for cell, m, B in itertools.product(("lstm", "gru-reset-after"), (100, 256), (1, 32))
    ),
]


@dataclass
class Entry:
    """A running peer, and its processor time per step in every round, in seconds."""

    peer: peers.peer.Peer
    feed: itertools.cycle
    seconds: list[float] = field(default_factory=list)

    def losses(self, steps):
        """Losses of the next steps."""
        found = []
        while len(found) < steps:
            found += self.peer.steps(*next(self.feed))
        return np.array(found[:steps])

    def time(self, calls):
        """Seconds per step, over a number of calls."""
        start = time.process_time()
        for _ in range(calls):
            self.peer.steps(*next(self.feed))
        return (time.process_time() - start) / (calls * self.peer.steps_per_call)

    def calls_in(self, block):
        """How many calls fill a block of that many seconds."""
        return max(1, round(block / (self.time(3) * self.peer.steps_per_call)))


def read_steps(setting):
    """Symbols and targets, (S, T, B), read from B positions of the text in parallel."""
    text = "\n\n".join(topics[name] for name in sorted(topics))
    symbols = sorted(symbol for symbol, _ in Counter(text).most_common(setting.K))
    number = {symbol: i for i, symbol in enumerate(symbols)}
    tokens = np.array([number.get(symbol, number[" "]) for symbol in text])
    T, B = setting.T, setting.B
    most = max(p.steps_per_call for p in PEERS)
    S = (len(tokens) - 1) // (T * B) // most * most
    if S == 0:
        raise SystemExit(f"{setting}: the text is too short for {most} steps of {T} x {B} characters.")

    def cut(tokens):
        return np.ascontiguousarray(tokens[: S * T * B].reshape(B, S, T).transpose(1, 2, 0))

    return cut(tokens), cut(tokens[1:])


def start(setting, quick):
    """Return an entry for every peer that can run, and why the others cannot."""
    rng = np.random.default_rng(0)
    shapes = CharRNN(hidden=setting.m, symbols=setting.K, cell=setting.cell, rng=rng).shapes()
    parameters = {name: rng.normal(0, 0.01, shape) for name, shape in shapes.items()}
    x, y = read_steps(setting)
    entries, skipped = [], []
    for kind in PEERS:
        if not kind.fits(setting):
            continue
        if quick and kind.compiles_long:
            skipped.append(f"{kind.name}: left out of a quick run")
            continue
        try:
            peer = kind(parameters, setting)
        except CannotRunError as error:
            skipped.append(f"{kind.name}: {error}")
            continue
        n = kind.steps_per_call
        calls = [(x[i : i + n], y[i : i + n]) for i in range(0, len(x), n)]
        entries.append(Entry(peer, itertools.cycle(calls)))
    return entries, skipped


def check_agreement(entries, setting):
    """Train all for some steps; report the largest relative difference from the first peer's losses."""
    steps, bound = CHECKED[setting.dtype]
    if len(entries) == 1:
        return "No peer to compare with."
    ours, *others = [entry.losses(steps) for entry in entries]
    worst = 0.0
    for entry, losses in zip(entries[1:], others, strict=True):
        difference = np.abs(losses / ours - 1).max()
        if not difference <= bound:
            raise SystemExit(
                f"{setting}: the losses of {entry.peer.name} differ by {difference:.1e}: not compared."
            )
        worst = max(worst, difference)
    return f"Losses of the first {steps} steps agree to {worst:.0e} (relative; required: {bound:.0e})."


def time_in_turn(entries, rounds, block):
    """Time a block of every entry in every round, in a changing order; return our share of the core."""
    rng = np.random.default_rng(0)
    calls = [entry.calls_in(block) for entry in entries]
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(rounds):
        for i in rng.permutation(len(entries)):
            entries[i].seconds.append(entries[i].time(calls[i]))
    return (time.process_time() - cpu) / (time.perf_counter() - wall)


def ratios(entry, ours):
    """Quartiles of the time of an entry relative to ours, round by round."""
    return np.quantile(np.array(entry.seconds) / ours.seconds, (0.25, 0.5, 0.75))


def table(entries, setting):
    """The setting's figures in Markdown, fastest first."""
    lines = ["| | µs per step | characters/s | time / teachrnn's (quartiles) |"]
    lines += ["| --- | ---: | ---: | ---: |"]
    ours = entries[0]
    for entry in sorted(entries, key=lambda entry: np.median(entry.seconds)):
        median = np.median(entry.seconds)
        low, ratio, high = ratios(entry, ours)
        name, times = entry.peer.name, f"{ratio:.2f} ({low:.2f} to {high:.2f})"
        if entry is ours:
            name, times = f"**{name}**", "1"
        speed = setting.T * setting.B / median
        lines.append(f"| {name} | {1e6 * median:,.0f} | {speed:,.0f} | {times} |")
    return "\n".join(lines)


def draw(results, place):
    """Draw bars of the medians, one panel per setting; logarithmic, as they span two decades."""
    figures = require("matplotlib.figure", extra="figures", purpose="The figure")
    heights = [len(entries) for _, entries in results]
    size = (8, 0.7 + sum(0.3 * height + 0.4 for height in heights))
    figure = figures.Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(results), sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    shortest = np.inf
    for panel, (setting, entries) in zip(panels, results, strict=True):
        ours = entries[0]
        ordered = sorted(entries, key=lambda entry: -np.median(entry.seconds))
        medians = [1e6 * np.median(entry.seconds) for entry in ordered]
        shortest = min(shortest, *medians)
        names = [entry.peer.name for entry in ordered]
        colours = ["#b3541e" if entry is ours else "#a9adb3" for entry in ordered]
        labels = [
            f"{median:,.0f} µs" + ("" if entry is ours else f"  ({ratios(entry, ours)[1]:.2f} ×)")
            for entry, median in zip(ordered, medians, strict=True)
        ]
        panel.bar_label(panel.barh(names, medians, color=colours, height=0.7), labels, padding=4)
        panel.set_title(str(setting), loc="left", fontsize="medium", fontweight="bold")
        panel.set_xscale("log")
        panel.xaxis.set_major_formatter("{x:,.0f}")
        panel.spines[["top", "right", "left"]].set_visible(False)
        panel.tick_params(axis="y", length=0)
    low, high = 10 ** np.floor(np.log10(shortest)), panels[-1].get_xlim()[1]
    panels[-1].set_xlim(low, high * (high / low) ** 0.3)  # room for the labels
    panels[-1].set_xlabel("µs per training step, one thread; logarithmic, shorter is faster")
    figure.savefig(place, dpi=150)


def processor():
    """Name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def machine(pinned):
    """The machine and software, in one sentence."""
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    versions = dict.fromkeys(kind.version() for kind in PEERS)
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{processor()}, {pinned}{load}; {', '.join((system, *versions))}; {kernels()}."


def kernels():
    """Which kernels the BLAS inside NumPy has chosen."""
    from threadpoolctl import threadpool_info

    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return ", ".join(f"{p['internal_api']} {p['version']}, kernels {p['architecture']}" for p in pools)


def pin(core):
    """Stay on one core, if the system can do that; return what was done, in words."""
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned to a core (this system cannot)"
    allowed = os.sched_getaffinity(0)
    core = max(allowed) if core is None else core
    if core not in allowed:
        raise SystemExit(f"--core {core} is not among the available cores: {sorted(allowed)}.")
    os.sched_setaffinity(0, {core})
    return f"pinned to core {core}"


def load_peers():
    """Import every file of `peers`, ours first; return why some could not be imported."""
    missing = []
    for name in ("ours", *sorted(module.name for module in pkgutil.iter_modules(peers.__path__))):
        try:
            importlib.import_module(f"peers.{name}")
        except ImportError as error:
            if name == "ours":
                raise
            missing.append(f"{name}.py: {error}")
    return missing


def positive(text):
    """A whole number from 1."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def arguments():
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--all", action="store_true", help="every setting of the published table")
    add("--quick", action="store_true", help="a few short rounds, nothing that compiles for long")
    add("--cell", choices=GATES, default="vanilla")
    add("--hidden", type=positive, default=100, metavar="M", help="hidden units (100)")
    add("--length", type=positive, default=25, metavar="T", help="characters a step (25)")
    add("--batch", type=positive, default=1, metavar="B", help="number of texts read in parallel (1)")
    add("--dtype", choices=CHECKED, default="float32")
    add("--core", type=int, help="processor core to stay on (the last)")
    add("--figure", type=Path, metavar="FILE", help="also draw it: a .png, .svg or .pdf")
    return parser.parse_args()


def main():
    """Check, time, print, draw."""
    asked = arguments()
    pinned = pin(asked.core)
    missing = load_peers()
    print(machine(pinned))
    rounds, block = QUICK if asked.quick else FULL
    print(f"Medians of {rounds} rounds of {1e3 * block:.0f} ms blocks.")
    for reason in missing:
        print(f"Skipped {reason}")
    one = Setting(asked.cell, asked.hidden, K, asked.length, asked.batch, asked.dtype)
    results = []
    for setting in ALL if asked.all else [one]:
        entries, skipped = start(setting, asked.quick)
        print(f"\n### {setting}\n")
        print(check_agreement(entries, setting))
        share = time_in_turn(entries, rounds, block)
        for reason in skipped:
            print(f"Skipped {reason}.")
        if share < 0.95:
            print(f"Other programs had the core for {1 - share:.0%} of the time: do not publish this.")
        print("\n" + table(entries, setting), flush=True)
        results.append((setting, entries))
    if asked.figure:
        draw(results, asked.figure)


if __name__ == "__main__":
    main()
