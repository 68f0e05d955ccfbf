"""How fast the player opens and steps, in a headless Chromium on this machine.

For a short text, the assignment's sizes, a two-layer LSTM of the same sizes and two long texts, the page
is written, opened from its file, and walked through with the right arrow key, one press per frame:

- usable: from the start of the navigation until the first step is painted and hears keys; in brackets
  the processor time that the page's thread took, which other programs disturb less;
- elements: how many elements the page has then;
- steps per second: how many operations were shown, one per frame at most; in brackets the processor time
  of each, with layout and painting.

    python benchmarks/player_speed.py
    python benchmarks/player_speed.py --only "300 steps" --profile profile.cpuprofile
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, CDPSession, sync_playwright

from teachrnn import CharRNN
from teachrnn.views.page.standalone import story_page

SETTINGS = {
    "ten characters, m = 8": {"hidden": 8, "symbols": 8, "T": 10},
    "T = 25, m = 100, K = 80": {"hidden": 100, "symbols": 80, "T": 25},
    "two layers of LSTM, T = 25, m = 100, K = 80": {
        "hidden": 100,
        "symbols": 80,
        "T": 25,
        "cell": "lstm",
        "layers": 2,
    },
    "100 steps, m = 8": {"hidden": 8, "symbols": 12, "T": 100},
    "300 steps, m = 8": {"hidden": 8, "symbols": 12, "T": 300},
}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
OPENINGS = 5
STEPS = 150
"""Half of them before the turning point, half after it."""

USABLE = """
const painted = () => { document.body.dataset.usable = performance.now(); };
const look = () => {
  if (!document.body?.dataset.ready) requestAnimationFrame(look);
  else requestAnimationFrame(() => setTimeout(painted));
};
look();
"""

WALKING = """most => new Promise(resolve => {
  const begun = performance.now();
  let pressed = 0;
  const frame = () => {
    if (pressed === most) return resolve((performance.now() - begun) / 1000);
    const key = {key: "ArrowRight", bubbles: true, cancelable: true, composed: true};
    document.body.dispatchEvent(new KeyboardEvent("keydown", key));
    pressed += 1;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""


def page_of(name: str) -> tuple[str, int]:
    """A page of these sizes, and the number of operations on the way forward."""
    options = dict(SETTINGS[name])
    T = options.pop("T")
    rng = np.random.default_rng(0)
    model = CharRNN(scale=0.1, rng=rng, **options)
    x = rng.integers(0, options["symbols"], T + 1)
    trace = model.record(x[:-1], x[1:])
    return story_page(trace, symbols=[chr(33 + k) for k in range(options["symbols"])]), len(trace.ops)


def busy(session: CDPSession) -> float:
    """Processor time of the page's thread, in milliseconds."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(m["value"] for m in metrics if m["name"] == "TaskDuration")


def measure(browser: Browser, name: str, folder: Path, profile: Path | None) -> str:
    text, turn = page_of(name)
    path = folder / "page.html"
    path.write_text(text, "utf-8")
    usable, opening = [], []
    for _ in range(OPENINGS):
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.add_init_script(USABLE)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = busy(session)
        if profile:
            session.send("Profiler.enable")
            session.send("Profiler.start")
        page.goto(f"{path.as_uri()}#step={max(1, turn - STEPS // 2)}&level=operations")
        page.wait_for_selector("body[data-usable]")
        opening.append(busy(session) - before)
        usable.append(page.evaluate("Number(document.body.dataset.usable)"))
        elements = page.evaluate("document.querySelectorAll('*').length")
        before = busy(session)
        steps = min(STEPS, 2 * turn)
        seconds = page.evaluate(WALKING, steps)
        walking = (busy(session) - before) / steps
        if profile:
            profile.write_text(json.dumps(session.send("Profiler.stop")["profile"]), "utf-8")
        page.close()
    return (
        f"| {name} | {len(text.encode()) / 1e6:.2f} MB "
        f"| {np.median(usable):.0f} ms ({np.median(opening):.0f} ms) | {elements} "
        f"| {steps / seconds:.0f} ({walking:.1f} ms) |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="the settings whose name contains this text")
    parser.add_argument("--profile", type=Path, help="write a CPU profile of the last page there")
    chosen = parser.parse_args()
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    print("| trace | page | usable after (CPU) | elements | steps per second (CPU of each) |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for name in SETTINGS:
            if chosen.only in name:
                print(measure(browser, name, Path(folder), chosen.profile), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
