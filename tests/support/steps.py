"""Where a player is, and how to take it elsewhere."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

OPERATIONS = "#level=operations"
"""The address of the first operation, by which one walks from there on."""


def at_step(player: Page | Locator, number: int) -> None:
    """Wait until a player shows that stop, counted from 1."""
    expect(player.locator(".where").first).to_contain_text(f"step {number} of")


def step_of(player: Page | Locator) -> tuple[int, int]:
    """The stop that a player shows, counted from 1, and how many there are."""
    found = re.search(r"step (\d+) of (\d+)", player.locator(".where").first.inner_text())
    assert found
    return int(found[1]), int(found[2])


def go_to_step(page: Page, number: int) -> None:
    """Have the player of a page show an operation, counted from 1."""
    page.evaluate(f"location.hash = 'step={number}&level=operations'")
    at_step(page, number)


WALK = """async () => {
  const all = (part) => [...document.querySelectorAll(part)];
  const text = (part) => document.querySelector(part).innerText;
  const until = async (done) => {
    while (!done()) await new Promise(requestAnimationFrame);
  };
  const steps = [];
  for (let left = Infinity; left > 0; left--) {
    const [at, count] = text(".where").match(/step (\\d+) of (\\d+)/).slice(1).map(Number);
    left = count - at + 1;
    all(".all-numbers:not([open]) > summary").forEach((s) => s.click());
    await until(() => all(".all-numbers[open] .in figure").length);
    all(".array details:not([open]) summary").forEach((s) => s.click());
    await until(() => !all(".array details > summary:only-child").length);
    const shown = (part) => all(`.now ${part} figure`).map((figure) => [
      figure.dataset.name, [...figure.querySelectorAll("button.number, td")].map((c) => c.textContent),
    ]);
    const [heading, title, sentence] = [".now h2", ".now .technical", ".sentence"].map(text);
    steps.push({ at, count, heading, title, sentence, in: shown(".in"), out: shown(".out") });
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    if (left > 1) await until(() => text(".where").includes(`step ${at + 1} of`));
  }
  return steps;
}"""


def walked(page: Page) -> list[dict]:
    """What a player shows from its present step to its last: words, and tables of all numbers."""
    return page.evaluate(WALK)
