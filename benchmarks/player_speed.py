"""How fast the player opens and steps, in a headless Chromium on this machine.

For the assignment's sizes (T = 25, m = 100, K = 80) and for a two-layer LSTM of the same sizes, the page
is written, opened from its file, and stepped through, one step per frame:

- opening: from the start of the navigation until the player is ready, in milliseconds;
- step: the time of a step on the page's thread, including layout, in milliseconds (median, and
  the slowest of twenty);
- frames: how many steps per second were shown, one per frame.

    python benchmarks/player_speed.py
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from teachrnn import CharRNN
from teachrnn.views.page.standalone import story_page

SETTINGS = {
    "ten characters, m = 8": {"hidden": 8, "symbols": 8, "T": 10},
    "vanilla, T = 25, m = 100, K = 80": {"hidden": 100, "symbols": 80, "T": 25},
    "two-layer LSTM, T = 25, m = 100, K = 80": {
        "hidden": 100,
        "symbols": 80,
        "T": 25,
        "cell": "lstm",
        "layers": 2,
    },
}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MAX_STEPS = 400

STEPPING = """most => new Promise(resolve => {
  const slider = document.querySelector("input[aria-label=Step]");
  const count = Math.min(most, Number(slider.max)), times = [], begun = performance.now();
  let i = Math.floor((Number(slider.max) - count) / 2);
  const end = i + count;
  const frame = () => {
    const before = performance.now();
    slider.value = i;
    slider.dispatchEvent(new Event("input"));
    document.body.offsetHeight;  // the layout counts too
    times.push(performance.now() - before);
    i += 1;
    if (i < end) requestAnimationFrame(frame);
    else resolve({times, seconds: (performance.now() - begun) / 1000});
  };
  requestAnimationFrame(frame);
})"""


def measure(browser: Browser, name: str, folder: Path) -> str:
    options = dict(SETTINGS[name])
    T = options.pop("T")
    rng = np.random.default_rng(0)
    model = CharRNN(scale=0.1, rng=rng, **options)
    x = rng.integers(0, options["symbols"], T + 1)
    symbols = [chr(33 + k) for k in range(options["symbols"])]
    before = time.perf_counter()
    text = story_page(model.record(x[:-1], x[1:]), symbols=symbols)
    written = time.perf_counter() - before
    path = folder / "page.html"
    path.write_text(text, "utf-8")
    openings = []
    for _ in range(5):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]")
        openings.append(page.evaluate("performance.now()"))
        found = page.evaluate(STEPPING, MAX_STEPS)
        page.close()
    times = sorted(found["times"])
    return (
        f"| {name} | {len(text.encode()) / 1e6:.2f} MB | {written:.1f} s | {np.median(openings):.0f} ms "
        f"| {np.median(times):.1f} ms, {times[int(0.95 * len(times))]:.1f} ms "
        f"| {len(times) / found['seconds']:.0f} |"
    )


def main() -> None:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    print("| trace | page | written in | opening | step: median, slowest of twenty | steps per second |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for name in SETTINGS:
            print(measure(browser, name, Path(folder)), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
