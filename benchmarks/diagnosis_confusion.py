"""Is every known mistake identified by its numbers? On random configurations, alone and in pairs.

    python benchmarks/diagnosis_confusion.py --cell vanilla --configurations 200
    python benchmarks/diagnosis_confusion.py --cell lstm --configurations 200 --pairs 60

A configuration is a set of instances of random sizes and numbers, as a diagnosis uses it. Every mistake
of the cell is made on each, and the matcher's comparison, number by number and instance by instance,
determines which mistakes give the same gradients. A mistake is

invisible   if it gives the right gradients,
alone       if no other mistake gives its numbers,
tied        if others give them too, so that no method can distinguish them, and all are reported,
confused    if the matcher does not report it: this must not happen.

`--sample` of them in each configuration, and `--pairs` pairs in total, go through `Match` itself, which
is timed, in seconds of the processor. Pairs are counted as: both named (first, or among the ties);
explained by at most as many other mistakes with exactly the same numbers (an exact tie); not explained.
"""

from __future__ import annotations

import argparse
from time import process_time

import numpy as np

from teachrnn.diagnosis.catalogue import Catalogue
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.match import Match
from teachrnn.diagnosis.mistake import Mistake, ParameterMistake, SweepMistake
from teachrnn.diagnosis.mistaken import mistaken_gradients
from teachrnn.diagnosis.rounding import TOLERANCE
from teachrnn.diagnosis.sweeps import Sweeps

SAME = TOLERANCE[np.dtype(np.float64)]


def configuration(cell: str, rng: np.random.Generator) -> list[Instance]:
    """Instances as in a diagnosis, with random numbers, state size and scale."""
    m, scale = int(rng.integers(2, 5)), float(rng.uniform(0.3, 1.2))
    sizes = [
        (1, None, 5, False),
        (2, None, 7, True),
        (4, None, 7, True),
        (5, 2, 4, False),
        (4, 3, 5, False),
    ]
    return [
        Instance.draw(
            cell,
            T=T,
            hidden=m,
            symbols=K,
            batch=B,
            distinct=d,
            scale=scale,
            seed=int(rng.integers(2**31)),
        )
        for T, B, K, d in sizes
    ]


def numbers(catalogue: Catalogue, instances: list[Instance]) -> np.ndarray:
    """Every mistake's gradients on every instance, in units of rounding; NaN where it cannot be made."""
    blocks = []
    for instance in instances:
        count = len(instance.trace.losses)
        rows: list[Mistake] = [SweepMistake("right", ()), *catalogue.sweep]
        sweeps = Sweeps(instance.tape, [r.edges for r in rows], seeds=[r.seeds(count) for r in rows])
        right = Sweeps(instance.tape, [{}])
        of_parameters = []
        for name in instance.tape.uses:
            reading = instance.reading(name, None)
            swept = reading.of(sweeps)
            swept[sweeps.impossible] = np.nan
            own = np.repeat(swept[:1], len(catalogue.parameter), axis=0)
            for i, mistake in enumerate(catalogue.parameter):
                spec = dict(mistake.specs).get(name)
                if spec is not None:
                    wrong = instance.reading(name, spec)
                    own[i] = np.nan if wrong is None else wrong.of(right)[0]
            both = np.concatenate([swept, own])
            of_parameters.append(
                both / np.maximum(instance.units[name], np.abs(both).max(1, keepdims=True))
            )
        blocks.append(np.concatenate(of_parameters, axis=1))
    found = np.concatenate(blocks, axis=1)
    found[~np.isfinite(found)] = np.nan
    return found


def classes(rows: np.ndarray) -> list[np.ndarray]:
    """Indices of the rows that are the same within rounding; rows that cannot be made are left out."""
    possible = np.flatnonzero(~np.isnan(rows).any(axis=1))
    direction = np.cos(np.arange(rows.shape[1]) * 1.7)
    order = possible[np.argsort(rows[possible] @ direction)]
    key = rows[order] @ direction
    found, left = [], list(range(len(order)))
    while left:
        first = left[0]
        end = key[first] + SAME * rows.shape[1] * 4  # the keys are in order
        near = left[: int(np.searchsorted(key[left], end, side="right"))]
        same = [j for j in near if np.abs(rows[order[j]] - rows[order[first]]).max() <= 4 * SAME]
        found.append(order[same])
        taken = set(same)
        left = [j for j in left if j not in taken]
    return found


def main() -> None:
    """Print one line for the single mistakes, one for those through the matcher, one for pairs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cell", default="vanilla")
    parser.add_argument("--configurations", type=int, default=200)
    parser.add_argument("--sample", type=int, default=3)
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    catalogue = Catalogue.of(Instance.draw(given.cell, T=4, hidden=3, symbols=7, distinct=True).tape)
    every: list[Mistake] = [SweepMistake("right", ()), *catalogue.sweep, *catalogue.parameter]
    counts = dict.fromkeys(("visible", "invisible", "impossible", "alone", "tied"), 0)
    first = {"first": 0, "among the ties": 0, "confused": 0}
    seconds = []
    for _ in range(given.configurations):
        instances = configuration(given.cell, rng)
        rows = numbers(catalogue, instances)
        found = classes(rows)
        counts["impossible"] += len(every) - sum(map(len, found))
        for same in found:
            if 0 in same:
                counts["invisible"] += len(same) - 1
            else:
                counts["visible"] += len(same)
                counts["alone" if len(same) == 1 else "tied"] += len(same)
        for i in rng.choice(len(every) - 1, given.sample, replace=False) + 1:
            answers = [mistaken_gradients([every[i]], instance) for instance in instances]
            if None in answers:
                continue
            began = process_time()
            match = Match(catalogue, instances, answers, SAME)
            if match.right:
                continue
            names = [e.mistakes for e in match.explanations()]
            seconds.append(process_time() - began)
            place = "confused" if (every[i],) not in names else "first"
            first["among the ties" if place == "first" and names[0] != (every[i],) else place] += 1
    print(f"{given.cell}: {len(every) - 1} mistakes, {given.configurations} configurations: {counts}")
    print(f"  by the matcher: {first}, median {np.median(seconds):.2f} s, longest {max(seconds):.2f} s")
    if given.pairs:
        pairs(given.cell, catalogue, every[1:], given.pairs, rng)


def pairs(
    cell: str, catalogue: Catalogue, every: list[Mistake], count: int, rng: np.random.Generator
) -> None:
    """Two mistakes at once, each visible by itself, and in different places."""
    found = {"both named first": 0, "both among the ties": 0, "an exact tie": 0, "not explained": 0}
    seconds = []
    while sum(found.values()) < count:
        instances = configuration(cell, rng)
        one, other = (every[i] for i in rng.choice(len(every), 2, replace=False))
        if not apart(one, other):
            continue
        answers = [mistaken_gradients([one, other], instance) for instance in instances]
        if None in answers:
            continue
        began = process_time()
        match = Match(catalogue, instances, answers, SAME)
        if match.right:
            continue
        explained = match.explanations() or match.pairs_of_sweep_mistakes(5.0)
        seconds.append(process_time() - began)
        named = [set(e.mistakes) for e in explained]
        if not named:
            found["not explained"] += 1
            print(f"    not explained: {one.title} | {other.title}")
        elif named[0] == {one, other}:
            found["both named first"] += 1
        else:
            found["both among the ties" if {one, other} in named else "an exact tie"] += 1
    print(f"  pairs: {found}, median {np.median(seconds):.2f} s, longest {max(seconds):.2f} s")


def apart(one: Mistake, other: Mistake) -> bool:
    """Whether two mistakes are in different places."""
    if isinstance(one, SweepMistake) and isinstance(other, SweepMistake):
        return not set(one.edges) & set(other.edges) and "all" in (one.losses, other.losses)
    if isinstance(one, ParameterMistake) and isinstance(other, ParameterMistake):
        return not one.parameters & other.parameters
    return True


if __name__ == "__main__":
    main()
