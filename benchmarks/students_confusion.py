"""What a check says of the held-out programs of students, mistake by mistake.

    python benchmarks/students_confusion.py
    python benchmarks/students_confusion.py --pairs --every 4 --only lstm

Every mistake that stands in `tests/checking/students/mistakes.toml` is planted in its program, which is
then checked as a file of a student is. Each line has the program, the mistake, and what was said:

named       the mistake has a name in the library, and this name comes first
tie         it stands among others that no number can tell apart
other name  what is named gives the same numbers, and is called otherwise
explained   a mistake for which the library has no name: something known gives the same numbers
unknown     wrong, and no known mistake is said to be it
forward     the forward pass is said to be wrong
right       nothing is found to be wrong
refused     the program could not be called or read

Of pairs, `named` and `tie` mean that as many mistakes as were planted are named.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import tempfile
import tomllib
import warnings
from collections import Counter
from pathlib import Path
from time import process_time

from teachrnn.checking import check_backward
from teachrnn.diagnosis.diagnosis import Diagnosis
from teachrnn.errors import TeachrnnError

STUDENTS = Path(__file__).parents[1] / "tests" / "checking" / "students"
CALLED = {
    "no carry": "left out|in place of",
    "dW uses h_t": "another value",
    "scaled by T or N on one side only": "divided|multiplied|constant",
    "wrong variable accumulated or copied": "another|exchanged|doubled|left out|without",
    "carry without transpose": "transpose",
    "overwritten instead of accumulated": "in place of|only the (first|last)|step",
    "derivative of the wrong argument": "another value|inverse|derivative|squashed",
    "1-tanh(h)^2 instead of 1-h^2": "squashed|derivative",
    "dV uses h_{t-1}": "another value",
    "carry dh instead of da": "another gradient",
    "tanh derivative at the wrong step": "another value",
    "output gradient dropped for t<T": "some steps|loss",
    "tanh derivative missing": "derivative",
    "db left out": "left out",
    "h0 term of dW left out": "first step|another value",
    "bias gradient before the tanh derivative": "another gradient|derivative",
    "clipped before the check": "clip",
    "carried and local gradient not added": "in place of|left out",
}
"""What a kind of mistake is called in the library: words of the names that say it."""


def main() -> None:
    """Print a line for every mistake and the totals."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", action="store_true", help="two mistakes at once, not one")
    parser.add_argument("--every", type=int, default=1, help="take every so many of them")
    parser.add_argument("--only", default="", help="programs whose names contain this")
    given = parser.parse_args()
    known = tomllib.loads((STUDENTS / "mistakes.toml").read_text(encoding="utf-8"))
    rows = {(row["file"], row["id"]): row for row in known["mistake"]}
    planted = [[row] for row in known["mistake"]]
    if given.pairs:
        planted = [[rows[pair["file"], i] for i in pair["mistakes"]] for pair in known["pair"]]
    planted = [some for some in planted if given.only in some[0]["file"]][:: given.every]
    totals: Counter[str] = Counter()
    seconds = []
    for some in planted:
        began = process_time()
        said, names = verdict(some)
        seconds.append(process_time() - began)
        totals[said] += 1
        ids = " + ".join(row["id"] for row in some)
        print(f"{some[0]['file']:24} {ids:40} {said:10} {names}", flush=True)
    print(f"{len(planted)} programs: {dict(totals.most_common())}")
    print(
        f"processor seconds: median {sorted(seconds)[len(seconds) // 2]:.1f}, longest {max(seconds):.1f}"
    )


def verdict(planted: list[dict[str, str]]) -> tuple[str, str]:
    """What a check says of a program with these mistakes, and the names that it gives."""
    text = (STUDENTS / f"{planted[0]['file']}.py").read_text(encoding="utf-8")
    for row in planted:
        text = text.replace(row["old"], row["new"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{planted[0]['file']}.py"
        path.write_text(text, encoding="utf-8")
        try:
            with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = check_backward(path)
        except TeachrnnError as error:
            return "refused", str(error).split("\n")[0][:80]
    if not isinstance(found, Diagnosis):  # of single operations, one diagnosis each: take the wrong one
        found = next(
            (one for one in found.parts.values() if not one.right), next(iter(found.parts.values()))
        )
    return judged(found, [row["kind"] for row in planted]), "; ".join(m.name for m in found.mistakes)


def judged(found: Diagnosis, kinds: list[str]) -> str:
    """Which line of the legend above it is."""
    if found.right:
        return "right"
    if found.verdict == "forward pass differs":
        return "forward"
    if not found.explanations:
        return "unknown"
    if len(kinds) > 1:
        return "named" if len(found.mistakes) == len(kinds) else "other name"
    (kind,) = kinds
    if kind not in CALLED:
        return "explained"
    clips = "clipped before the check"  # a program may clip, as training does, beside its mistake
    ways = [[m.name for m in way] for way in (found.mistakes, *found.ties)]
    ways = [[name for name in way if name != clips] or way for way in ways]
    fits = [len(way) == 1 and re.search(CALLED[kind], way[0]) is not None for way in ways]
    return "named" if fits[0] else "tie" if any(fits) else "other name"


if __name__ == "__main__":
    main()
