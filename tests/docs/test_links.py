"""Pages that are read in the repository lead somewhere: mkdocs checks only its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "CONTRIBUTING.md", "tests/README.md", "benchmarks/README.md"]


def anchors(page):
    """The headings of a page as addresses name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_to_a_file_and_a_heading(page):
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        path, _, heading = target.partition("#")
        place = (ROOT / page).parent / path
        assert place.exists(), target
        assert not heading or heading in anchors(place), target


def test_every_guide_of_the_repository_can_be_reached_from_the_readme():
    reached, left = set(), ["README.md"]
    while left:
        page = left.pop()
        reached.add(page)
        text = (ROOT / page).read_text("utf-8")
        linked = re.findall(r"\]\(([^)#]+\.md)", text) if page in PAGES else []
        pages = {((ROOT / page).parent / target).resolve() for target in linked}
        left += [name for name in (str(p.relative_to(ROOT)) for p in pages) if name not in reached]
    assert set(PAGES) <= reached
