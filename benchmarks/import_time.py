"""The time of `import teachrnn`, and `from teachrnn import CharRNN`, in addition to `import numpy`.

Each import is timed in a fresh interpreter, the three in alternation. With PYTHONDONTWRITEBYTECODE set
they would compile every file again each time, so the script unsets it.

Run: python benchmarks/import_time.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

ROUNDS = 15
LINES = ("import numpy", "import numpy, teachrnn", "from teachrnn import CharRNN")
CODE = "import time; s = time.perf_counter(); {}; print(time.perf_counter() - s)"


def milliseconds(line):
    """Time of an import in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(line)],
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    )
    return 1e3 * float(done.stdout)


def main():
    """Compare and print."""
    milliseconds(LINES[-1])  # compiles, and fills the disk cache
    rounds = [[milliseconds(line) for line in LINES] for _ in range(ROUNDS)]
    print(f"medians of {ROUNDS} rounds; added: median of the differences to numpy in the same round")
    for k, line in enumerate(LINES):
        time = statistics.median(r[k] for r in rounds)
        added = statistics.median(r[k] - r[0] for r in rounds)
        print(f"{line:30} {time:6.1f} ms   added {added:5.1f} ms")


if __name__ == "__main__":
    main()
