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
