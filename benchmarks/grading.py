"""A made-up class, graded, killed on the way and resumed: seconds, and whether the tables are the same.

    python benchmarks/grading.py --submissions 100 --jobs 2

The submissions are solutions of the exercise bptt: a third right, the others with one or two of its
distractors, and one in twenty that loops, leaves, crashes, floods or takes the library's gradients.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from teachrnn.exercises import Exercise

BPTT = Exercise.find("bptt")
BAD = (
    "while True: pass",
    "import os; os._exit(0)",
    "raise RuntimeError",
    "for _ in range(100): print('x' * 10**6)",
    "from teachrnn import Backprop; Backprop(None)",
)


def submission(chance):
    """The text of one."""
    code = BPTT.solution
    if chance.random() < 0.05:
        return code.replace("    dU, dW", f"    {chance.choice(BAD)}\n    dU, dW", 1)
    for distractor in chance.sample(BPTT.distractors, chance.choice([0, 1, 1, 2])):
        if distractor.replace in code:
            code = code.replace(distractor.replace, distractor.by)
    return f"# {chance.random()}\n{code}"  # no two are the same file


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "class").mkdir()
        for i in range(chosen.submissions):
            (folder / "class" / f"student{i:03d}.py").write_text(submission(chance))
        command = [
            sys.executable,
            "-m",
            "teachrnn",
            "grade",
            str(folder / "class"),
            "--exercise",
            "bptt",
        ]
        command += ["--jobs", str(chosen.jobs), "--seed", "1", "--out"]
        began = time.perf_counter()
        subprocess.run([*command, str(folder / "whole")], check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
        print(f"{chosen.submissions} submissions, {chosen.jobs} at a time: {seconds:.0f} s", flush=True)
        running = subprocess.Popen([*command, str(folder / "killed")], stdout=subprocess.DEVNULL)
        after = chance.uniform(0.2, 0.8) * seconds
        time.sleep(after)
        running.send_signal(signal.SIGKILL)
        running.wait()
        kept = len(list((folder / "killed" / "judgements").glob("*.json")))
        print(f"killed after {after:.0f} s, with {kept} judgements kept", flush=True)
        subprocess.run([*command, str(folder / "killed")], check=True, stdout=subprocess.DEVNULL)
        tables = [(folder / which / "table.csv").read_bytes() for which in ("whole", "killed")]
        print("the same table" if tables[0] == tables[1] else "ANOTHER TABLE")


if __name__ == "__main__":
    main()
