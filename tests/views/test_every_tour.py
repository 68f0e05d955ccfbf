"""Every guided tour in a browser: a phase stands where it says, points at what is there, and fits."""

from __future__ import annotations

import json
import re
import struct

import pytest
from browser import SETTLED

from teachrnn.views.page.tour_page import tours_page
from teachrnn.views.player.bundle import Bundle
from teachrnn.views.story.place import Places
from teachrnn.views.tour import Guided, Tour

SIZES = [(1280, 720), (390, 844)]
IN_SIGHT = [
    ".outline",
    ".tour-bar",
    ".tour h2",
    ".tour .words",
    ".tour .ask:not([hidden])",
    ".tour .offers:not([hidden])",
    ".now .formula math",
    ".pieces .result",
    ".equation .entry",
]
LOOK = f"""async (parts) => {{
    await ({SETTLED})();
    const one = (part) => document.querySelector(part);
    const titles = (all) => [...document.querySelectorAll(all)].map((e) => e.textContent);
    const led = document.querySelectorAll(".led:not(.mention)");
    const seen = [...led].filter((e) => e.getBoundingClientRect().width);
    const found = {{
        step: one(".technical").textContent,
        lit: seen.flatMap((e) => e.dataset.k.split(" ")),
        pale: document.querySelectorAll(".outline .column.pale").length,
        inside: one(".inside").hidden ? [] : titles(".inside .node title"),
        words: one(".tour").innerText,
        controls: one(".steer").getBoundingClientRect().top,
        boxes: parts.filter(one).map((part) => {{
            const {{ top, bottom }} = one(part).getBoundingClientRect();
            return [part, top, bottom];
        }}),
    }};
    one(".ask button")?.click();
    const answer = one(".ask strong")?.getBoundingClientRect().bottom ?? 0;
    return {{ ...found, answer, answered: one(".ask strong") === document.activeElement }};
}}"""
GO = """(number) => {
    const phases = document.querySelector(".tour select");
    phases.selectedIndex = number;
    phases.dispatchEvent(new Event("change"));
}"""


@pytest.mark.parametrize("tour", [tour.id for tour in Tour.all()])
def test_every_phase_stands_points_and_fits(browser_page, tmp_path, tour):
    guided = Guided.of(tour)
    (tmp_path / "tour.html").write_text(tours_page([guided]), "utf-8")
    stories = {one.name: one for one in guided.stories}
    numbers = {one.name: numbers_of_names(one) for one in guided.stories}
    page = browser_page
    page.emulate_media(reduced_motion="reduce")
    page.goto((tmp_path / "tour.html").as_uri())
    page.wait_for_selector("body[data-ready]")
    for size in SIZES:
        page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        for number, phase in enumerate(guided.data["phases"]):
            page.evaluate(GO, number)
            where = (number + 1, phase["title"], size)
            found = page.evaluate(LOOK, IN_SIGHT)
            steps = stories[phase["story"]].steps
            assert found["step"] == steps[Places(steps).find(phase["at"], 0)].title, where
            for name in phase["light"]:
                assert numbers[phase["story"]][name].intersection(found["lit"]), (where, name)
            at = steps[Places(steps).find(phase["at"], 0)].t
            drawn = {int(t) for title in found["inside"] for t in re.findall(r"\[(\d+)", title)}
            assert drawn <= {at, at and at - 1}, (where, found["inside"])
            assert (found["pale"] > 0) == (phase["zoom"] is not None), where
            assert f"{number + 1} of {len(guided.tour.phases)}" in found["words"]
            assert not any(wrong in found["words"] for wrong in ("NaN", "undefined", "{", "∞")), where
            assert found["answered"] == (phase["ask"] is not None)
            covered = found["controls"] if size[0] < 640 else size[1]  # on a phone they are below
            assert found["answer"] <= covered, where
            for part, top, bottom in found["boxes"]:
                assert 0 <= top <= bottom <= covered, (where, part)


def numbers_of_names(story):
    """The numbers of the arrays of a story by their name, as the player has them."""
    (container,) = Bundle([story]).containers
    (length,) = struct.unpack("<I", container[:4])
    found = {}
    for k, array in enumerate(json.loads(container[4 : 4 + length])["arrays"]):
        found.setdefault(array["name"], set()).add(str(k))
    return found
