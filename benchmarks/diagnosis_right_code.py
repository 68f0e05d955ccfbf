"""Is right code ever reported as wrong? Right programs in many layouts, on random configurations.

    python benchmarks/diagnosis_right_code.py --configurations 10000
    python benchmarks/diagnosis_right_code.py --configurations 500 --only rnn_layers

The programs are those of `tests/checking/students`, each in its own layout, and teachrnn's own
arithmetic in float32. Every configuration draws T, m, K, B, the initial state, and a weight scale
from 1e-3 to 2; a gradient counts as wrong if its error exceeds the tolerance of its precision, in the
unit of `teachrnn.diagnosis.rounding`. For each program the script prints the number of configurations,
in how many of them it was reported as wrong, and its largest error relative to the tolerance. A program
that clips in its backward pass (min-char-rnn does) is not wrong where its gradients are the right ones,
clipped to the largest entry that it returns; these configurations are counted apart.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import warnings
from pathlib import Path

import numpy as np

from teachrnn import CELLS, CharRNN, backpropagate
from teachrnn.diagnosis.initial_states import state_error
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.rounding import TOLERANCE
from teachrnn.errors import TeachrnnError
from teachrnn.submission import Submission

STUDENTS = Path(__file__).parents[1] / "tests" / "checking" / "students"


def drawn(draw, rng: np.random.Generator) -> Instance:
    """An instance of random sizes."""
    return draw(
        T=int(rng.integers(1, 9)),
        hidden=int(rng.integers(1, 9)),
        symbols=int(rng.integers(2, 9)),
        batch=int(rng.integers(1, 4)) if rng.integers(2) else None,
        scale=float(10 ** rng.uniform(-3, np.log10(2))),
        start=float(rng.choice([0.0, 0.8])),
        seed=int(rng.integers(2**31)),
    )


def own_float32(cell: str):
    """Teachrnn's own gradients in float32, as a program in that precision would compute them."""

    def answer(instance: Instance) -> dict[str, np.ndarray]:
        model = CharRNN(
            hidden=instance.model.hidden,
            symbols=instance.model.symbols,
            cell=cell,
            rng=np.random.default_rng(0),
            dtype=np.float32,
        )
        model.set_parameters(**{n: p.astype(np.float32) for n, p in instance.model.parameters.items()})
        state = {n: s.astype(np.float32) for n, s in instance.state.items()}
        found = backpropagate(model.record(instance.x, instance.y, state=state))
        return {**found.gradients(), **{f"{n}[0]": found.gradient(f"{n}[0]") for n in state}}

    def draw(**settings) -> Instance:
        return Instance.draw(cell, **settings)

    return answer, draw, np.dtype(np.float32)


def is_clipped(own: dict[str, np.ndarray], instance: Instance) -> bool:
    """Whether gradients are the right ones, every entry clipped to one limit."""
    limit = max(float(np.abs(d).max()) for d in own.values())
    return all(
        np.abs(np.clip(instance.gradients[name], -limit, limit) - d).max() <= 1e-9 * limit
        for name, d in own.items()
        if name in instance.gradients
    )


def programs(only: str = ""):
    """Every right program: its name, its gradients, the function that draws instances, its precision."""
    for cell in CELLS:
        yield f"teachrnn {cell}, float32", *own_float32(cell)
    for path in sorted(STUDENTS.glob(f"*{only}*.py")):
        try:
            submission = Submission.of(path)
        except TeachrnnError as error:
            print(f"{path.stem}: not called ({str(error)[:70]}...)")
            continue
        yield (
            path.stem,
            lambda i, s=submission: s.answer(i).gradients,
            submission.draw,
            np.dtype(submission.dtype),
        )


def main() -> None:
    """Print a line for each program, and the totals."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--configurations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="programs whose names contain this")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    every = [program for program in programs(given.only) if given.only in program[0]]
    each, total, accused = -(-given.configurations // len(every)), 0, 0
    for name, answer, draw, dtype in every:
        rng = np.random.default_rng(given.seed)
        worst, wrong, failed, clipped = 0.0, 0, 0, 0
        for _ in range(each):
            instance = drawn(draw, rng)
            with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
                try:
                    own = answer(instance)
                except TeachrnnError:
                    failed += 1
                    continue
            errors = [
                float(np.abs(own[n] - d).max(initial=0.0)) / instance.units[n]
                for n, d in instance.gradients.items()
                if n in own
            ]
            errors += [state_error(instance, own, n) for n in instance.state_gradients if n in own]
            error = max(errors) / TOLERANCE[dtype]
            if error > 1 and is_clipped(own, instance):
                clipped += 1
                continue
            worst, wrong = max(worst, error), wrong + (error > 1)
        total, accused = total + each - failed, accused + wrong
        ran = f"{each - failed:5d} run, {wrong} reported as wrong"
        ran += f", {clipped} clipped" if clipped else ""
        print(f"{name:32s} {ran}, error up to {worst:.1e} of the tolerance", flush=True)
    print(f"{total} configurations, {accused} reported as wrong")


if __name__ == "__main__":
    main()
