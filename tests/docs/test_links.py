"""Links of the pages that are read in the repository work; mkdocs checks only its own pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "CONTRIBUTING.md", "tests/README.md", "benchmarks/README.md"]


def anchors(page):
    """The headings of a page, as links refer to them."""
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


def test_every_path_in_the_map_exists():
    """Files and folders of the table, looked up in the package or beside it."""
    page = (ROOT / "docs/explanation/architecture.md").read_text("utf-8")
    table = page.split("## Where to change what\n")[1].split("\n## ")[0]
    package = ROOT / "teachrnn"
    within = [ROOT, package, package / "views/player", package / "views/player/graph"]
    named = [name for name in re.findall(r"`([\w./-]+)`", table) if re.search(r"/$|\.\w{2,4}$", name)]
    missing = [name for name in named if not any((folder / name).exists() for folder in within)]
    assert len(named) > 30
    assert [name for name in missing if "NAME" not in name] == []
