"""What `import teachrnn` adds to `import numpy`: pairs of fresh interpreters, in turn.

Run: python benchmarks/import_time.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys

PAIRS = 15
CODE = "import time; s = time.perf_counter(); import {}; print(time.perf_counter() - s)"


def seconds(module):
    """Time of the import in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(module)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main():
    """Compare and print."""
    seconds("teachrnn")  # warms the disk
    pairs = [(seconds("numpy"), seconds("teachrnn")) for _ in range(PAIRS)]
    added = [1e3 * (t - n) for n, t in pairs]
    print(f"numpy     {1e3 * statistics.median(n for n, _ in pairs):6.1f} ms (median of {PAIRS})")
    print(f"teachrnn  {1e3 * statistics.median(t for _, t in pairs):6.1f} ms")
    print(f"added     {statistics.median(added):6.1f} ms (median of the differences)")


if __name__ == "__main__":
    main()
