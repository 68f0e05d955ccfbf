"""What a check says of the held-out programs of students, mistake by mistake.

    python benchmarks/students_confusion.py
    python benchmarks/students_confusion.py --pairs --every 4 --only lstm

Every mistake that stands in `tests/checking/students/mistakes.toml` is planted in its program, which is
then checked as a file of a student is. Each line has the program, the mistake, and what was said:

named       the mistake has a name in the library, and this name comes first
equal       what comes first is what was planted in other words: `EQUAL` says why
tie         it stands among others that no number can tell apart
other name  what is named gives the same numbers, and is called otherwise
explained   a mistake for which the library has no name: something known gives the same numbers
unknown     wrong, and no known mistake is said to be it
forward     the forward pass is said to be wrong
right       nothing is found to be wrong
refused     the program could not be called or read

Of pairs, `named` and `tie` mean that as many mistakes as were planted are named, in all parts of the
program together; `alone` means that one is named, and that the gradients which the program returns are,
number by number, those of the program in which it is the only one: the other is hidden by it, or shows
in what a diagnosis does not compare. `in part` means that one is named, and that the gradient of the
initial state is said to be wrong in some other way.
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

import numpy as np

from teachrnn.checking import check_backward
from teachrnn.diagnosis.diagnoses import Diagnoses
from teachrnn.diagnosis.diagnosis import Diagnosis
from teachrnn.errors import TeachrnnError

STUDENTS = Path(__file__).parents[1] / "tests" / "checking" / "students"
CALLED = {
    "no carry": "left out|in place of|passed on too early",
    "dW uses h_t": "another value",
    "scaled by T or N on one side only": "divided|multiplied|constant|mean in place of a sum",
    "wrong variable accumulated or copied": "another|exchanged|doubled|left out|without",
    "carry without transpose": "transpose",
    "overwritten instead of accumulated": "in place of|only the (first|last)|step|overwritten",
    "derivative of the wrong argument": "another value|inverse|derivative|squashed",
    "1-tanh(h)^2 instead of 1-h^2": "squashed|derivative",
    "dV uses h_{t-1}": "another value",
    "carry dh instead of da": "gradient of another value",
    "tanh derivative at the wrong step": "another value",
    "output gradient dropped for t<T": "some steps|loss",
    "tanh derivative missing": "derivative",
    "db left out": "left out",
    "h0 term of dW left out": "first step|another value",
    "bias gradient before the tanh derivative": "gradient of another value|derivative",
    "clipped before the check": "clip",
    "carried and local gradient not added": "in place of|left out",
}
"""What a kind of mistake is called in the library: words of the names that say it."""
CLIPS = "clipped before the check"
"""A program may clip, as training does, beside its mistake."""
EQUAL = {
    ("column_layers", "db-no-mean"): (
        "if the mean of the loss over the batch is taken here, dW is right and db wrong",
        "of two scales one is wrong, and the layer alone does not say which: both are said",
    ),
    ("gru_notes", "dz-sign + dbr-gets-dz"): (
        "a_z.t. to r_z.t. has the wrong sign .* db_rho.* is made of da_z.t.* dU_z has the wrong sign",
        "the sign that belongs before a_z stands behind it, in both lines; db_rho takes da_z without it",
    ),
    ("char_trainer_adagrad", "memory-set"): (
        "the new m lacks the term m",
        "m = g² is m + g² without the term m",
    ),
    ("functional_momentum", "velocity-lost"): (
        "the new v lacks the term",
        "v = -lr g is mu v - lr g without the term mu v",
    ),
    ("hw2_ops", "tanh-inverse"): (
        r"dx is divided by 1 − y\^2, not multiplied",
        "dout / (1 - out²) is written so",
    ),
    ("layers_from_scratch", "sigmoid-of-x"): (
        "dx lacks the factor y",
        "dout (1 - out) out without the last factor",
    ),
    ("gru_keras", "cache-h-after"): (
        "to z.* uses h.t. in place of h.t-1. .* for dW in every Affine uses h.t. in place of h.t-1.",
        "the h that is kept stands in two lines, that of dz and that of dW",
    ),
    ("lstm_batched", "di-df-swapped"): (
        "to i.* uses s.t-1. in place of g.t. .* to f.* uses g.t. in place of s.t-1.",
        "two lines were changed, each into the one that is named",
    ),
}
"""By program and mistake: titles that say what was planted, and why. Read them beside the change."""


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
    try:
        found = checked(planted)
    except TeachrnnError as error:
        return "refused", str(error).split("\n")[0][:80]
    parts = list(found.parts.values()) if isinstance(found, Diagnoses) else [found]
    parts = [part for part in parts if not part.right] or parts[:1]
    mistakes = [m for part in parts for m in part.mistakes if m.name != CLIPS] or found.mistakes
    names = "; ".join(m.name for m in mistakes)
    if len(planted) == 1:
        (row,) = planted
        said = judged(parts[0], row["kind"])
        return equal(planted, parts, said), names
    said = judged(parts[0], "")
    if said != "explained":
        return said, names
    if equal(planted, parts, "other name") == "equal":
        return "equal", names
    if len(mistakes) == len(planted):
        return "named", names
    if any("wrong in some other way, too" in said for part in parts for said in part.relations):
        return "in part", names
    alone = len(mistakes) == 1 and any(same_numbers(found, row) for row in planted)
    return "alone" if alone else "other name", names


def equal(planted: list[dict[str, str]], parts: list[Diagnosis], said: str) -> str:
    """What is said, or "equal" if it is in other words what was planted."""
    key = planted[0]["file"], " + ".join(row["id"] for row in planted)
    if key not in EQUAL:
        return said
    ways = [way for part in parts for way in (part.mistakes, *part.ties)]
    told = [" ".join(m.title for m in way) for way in ways]
    told += [remark for part in parts for remark in part.remarks]
    return "equal" if any(re.search(EQUAL[key][0], words) for words in told) else "other name"


def checked(planted: list[dict[str, str]]) -> Diagnosis | Diagnoses:
    """The diagnosis of a program with these mistakes."""
    text = (STUDENTS / f"{planted[0]['file']}.py").read_text(encoding="utf-8")
    for row in planted:
        text = text.replace(row["old"], row["new"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{planted[0]['file']}.py"
        path.write_text(text, encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return check_backward(path)


def same_numbers(found: Diagnosis | Diagnoses, row: dict[str, str]) -> bool:
    """Whether a program returns the same gradients if this is its only mistake."""
    alone = checked([row])
    if not isinstance(found, Diagnosis) or not isinstance(alone, Diagnosis):
        return False
    return not alone.right and all(
        np.allclose(a.gradients[name], d, rtol=1e-12, atol=1e-14)
        for a, b in zip(alone.answers, found.answers, strict=True)
        for name, d in b.gradients.items()
    )


def judged(found: Diagnosis, kind: str) -> str:
    """Which line of the legend above it is."""
    if found.right:
        return "right"
    if found.verdict == "forward pass differs":
        return "forward"
    if not found.explanations:
        return "unknown"
    if kind not in CALLED:
        return "explained"
    ways = [[m.name for m in way] for way in (found.mistakes, *found.ties)]
    ways = [[name for name in way if name != CLIPS] or way for way in ways]
    fits = [len(way) == 1 and re.search(CALLED[kind], way[0]) is not None for way in ways]
    return "named" if fits[0] else "tie" if any(fits) else "other name"


if __name__ == "__main__":
    main()
