"""The documentation builds without a warning, is complete, and needs nothing from outside."""

import html
import importlib
import json
import os
import pkgutil
import posixpath
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

import nbformat
import pytest
from axe import load_axe
from browser import served

import teachrnn
from teachrnn.diagnosis.changes import CHANGES
from teachrnn.diagnosis.slips import SLIPS
from teachrnn.diagnosis.updates.clip import WRONG_CLIPS
from teachrnn.diagnosis.wrong_sum import WRONG_SUMS

pytestmark = [pytest.mark.long, pytest.mark.ci]

ROOT = Path(__file__).parents[2]
TUTORIALS = sorted(path.stem for path in (ROOT / "tutorials").glob("*.py"))
FOLDERS = [folder.name for folder in pkgutil.iter_modules(teachrnn.__path__) if folder.ispkg]
MODULES = [importlib.import_module(f"teachrnn.{name}") for name in FOLDERS]
PUBLIC = [module for module in (teachrnn, *MODULES) if hasattr(module, "__all__")]
sys.path.insert(0, str(ROOT / "docs" / "hooks"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site):
    return {
        str(path.parent.relative_to(site)): path.read_text("utf-8")
        for path in sorted(site.rglob("index.html"))
    }


def section_of(name, page):
    found = re.search(rf'<h2 id="{name.lower()}">.*?(?=<h2|</article>)', page, re.DOTALL)
    assert found, f"{name} has no section"
    return found[0]


def test_every_tutorial_has_a_page_with_output(pages):
    assert TUTORIALS
    for name in TUTORIALS:
        assert '<pre class="output">' in pages[f"tutorials/{name}"]


def test_answers_in_a_downloaded_tutorial_stay_folded_when_it_is_run(site, pages):
    for name in TUTORIALS:
        notebook = nbformat.read(site / "tutorials" / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        assert not any(cell.get("outputs") for cell in notebook.cells)
        answers = [cell for cell in notebook.cells if "<summary>Answer</summary>" in cell.source]
        assert len(answers) == pages[f"tutorials/{name}"].count("<summary>Answer</summary>")
        for cell in answers:
            assert cell.cell_type == "markdown"
            assert cell.source.startswith("<details>\n")
            assert cell.source.endswith("\n</details>")
            assert "```python\n" in cell.source
        assert not any("answer" in cell.metadata.get("tags", ()) for cell in notebook.cells)


@pytest.mark.parametrize("name", TUTORIALS)
def test_every_exercise_has_an_answer_that_is_folded(name, pages):
    exercises = re.findall(
        r"^# \*\*\d+\. ", (ROOT / "tutorials" / f"{name}.py").read_text("utf-8"), re.M
    )
    assert pages[f"tutorials/{name}"].count("<summary>Answer</summary>") == len(exercises)


@pytest.mark.parametrize("name", teachrnn.OPS)
def test_every_operation_has_its_section(pages, name):
    op = teachrnn.OPS[name]
    section = section_of(name, pages["reference/operations"])
    gradients = [d for d in op.gradient_methods.values() if d is not None]
    assert section.count('class="formula"') >= 1 + len(gradients)
    for fact in ("Shapes", "Gradients", "Example", "Reference", "Code"):
        assert f"<dt>{fact}</dt>" in section


@pytest.mark.parametrize("cell", teachrnn.CELLS.values(), ids=lambda cell: cell.name)
def test_every_cell_has_its_section(pages, cell):
    section = section_of(cell.__name__, pages["reference/cells"])
    for parameter in cell.shapes(1, 1):
        assert f"<code>{parameter}</code>" in section


def test_every_kind_of_mistake_has_its_section(pages):
    page = pages["reference/mistakes"]
    titles = [html.unescape(t) for t in re.findall(r"<h3[^>]*>(.*?)<a", page)]
    called = [*CHANGES, *(wrong.name for wrong in WRONG_SUMS), *SLIPS]
    for name in set(called):
        assert [t.lower().strip() for t in titles].count(name.lower()) == called.count(name), name
    assert all(clip.name in page.lower() for clip in WRONG_CLIPS)


def test_every_slip_on_the_page_of_mistakes_has_a_wrong_line_and_another_that_is_right():
    from slips import formula_sections

    sections = {text.splitlines()[0]: text for text in formula_sections().split("\n### ")[1:]}
    assert len(sections) >= len(SLIPS)
    for title, text in sections.items():
        lines = re.findall(r"^ *wrong: (.*)\n *right: (.*)$", text, re.M)
        assert lines, title
        assert all(wrong != right for wrong, right in lines), title


def test_a_new_operation_appears_in_the_reference_automatically():
    from operations import page

    class Twice(teachrnn.Tanh, register=False):
        """Twice the input.

        Shapes
        ------
        x (..., n) -> y (..., n)

        Gradients
        ---------
        $dx = 2 dy$

        References
        ----------
        None needed.

        Examples
        --------
        >>> 2 * 1
        2
        """

    text = page([Twice])
    assert "[Twice](#twice)" in text
    assert "$$dx = 2 dy$$" in text


@pytest.mark.parametrize("module", PUBLIC, ids=lambda module: module.__name__)
def test_every_public_name_is_in_the_reference(pages, module):
    elsewhere = {"__version__", *teachrnn.OPS, *(cell.__name__ for cell in teachrnn.CELLS.values())}
    reference = pages[f"reference/api/{module.__name__.rpartition('.')[2]}"]
    missing = [
        name
        for name in module.__all__
        if name not in elsewhere and not re.search(rf'(id="|#)teachrnn[\w.]*\.{name}"', reference)
    ]
    assert not missing


def test_the_page_of_public_names_leads_to_the_entry_of_every_one(pages):
    reference = pages["reference/api/teachrnn"]
    found = dict(re.findall(r'<td><a href="([^"]+)"><code>(\w+)</code></a></td>', reference))
    assert sorted(found.values()) == sorted(set(teachrnn.__all__) - {"__version__"})
    for address, name in found.items():
        page, _, anchor = address.partition("#")
        place = (PurePosixPath("reference/api/teachrnn") / page).as_posix()
        assert f'id="{anchor}"' in pages[posixpath.normpath(place)], (name, address)


def test_gallery_shows_every_figure_and_every_app_with_its_table(pages):
    from teachrnn.views.figures import FIGURES
    from teachrnn.widgets import APPS

    gallery = html.unescape(pages["gallery"])
    for thing in [*FIGURES.values(), *APPS.values()]:
        section = re.search(
            rf"<h3[^>]*>{re.escape(thing.title)}.*?(?=<h[23]|</article>)", gallery, re.DOTALL
        )
        assert section, thing.title
        assert "<svg" in section[0]
        assert "<table>" in section[0]


def test_every_figure_and_view_is_in_the_reference(pages):
    from teachrnn.views import figures, terminal

    reference = pages["reference/api/views"]
    for module in (figures, terminal):
        for name in module.__all__:
            assert re.search(rf'id="teachrnn[\w.]*\.{name}"', reference), name


def test_pictures_of_the_readme_exist_and_say_what_they_show():
    shown = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert len(shown) >= 2
    for words, path in shown:
        assert len(words) > 20
        assert (ROOT / path).read_bytes()[:4] == b"\x89PNG"


def test_every_formula_was_converted(pages):
    for name, page in pages.items():
        assert "arithmatex" not in page, name
        prose = re.sub(r"<(pre|code|script|math)\b.*?</\1>", "", page, flags=re.S)
        assert not re.search(r"\$[^$\n]+\$|\\[a-z]+\{", html.unescape(prose)), name
        assert not any("$" in formula for formula in re.findall(r"<math\b.*?</math>", page, re.S)), name


def test_nothing_is_fetched_from_elsewhere(site):
    fetched = re.compile(
        r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="(?:https?:)?//[^"]*"|url\(["\']?(?:https?:)?//'
    )
    for path in [*site.rglob("*.html"), *site.rglob("*.css")]:
        assert not fetched.search(path.read_text("utf-8")), path


def test_the_search_knows_the_operations(site):
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    titles = {entry["title"] for entry in index["docs"]}
    assert set(teachrnn.OPS) <= titles


TOO_WIDE = "(document.documentElement.scrollWidth > innerWidth ? ['the page'] : [])"
CUT = """[...document.querySelectorAll(".md-content :is(.output, .formula, .md-typeset__scrollwrap)")]
    .filter((part) => part.scrollWidth > part.clientWidth && !part.closest("figure"))
    .map((part) => part.textContent.trim().slice(0, 40))"""


EMPTY = {"config": {"lang": ["en"], "separator": " ", "pipeline": [], "fields": {}}, "docs": []}
"""An empty search index: with the site's own, every opened page would index the whole site."""


def test_the_pages_work_in_a_browser(site, pages, browser_page):
    """In the dark scheme, every page fits, formulas have their font, and nothing is loaded from outside.

    On a phone the page does not scroll sideways; on a wide screen its parts do not either, except for
    code and the numbers of a figure.
    """
    browser_page.emulate_media(color_scheme="dark")
    with served(site, {"/search/search_index.json": json.dumps(EMPTY)}) as address:
        for name, text in pages.items():
            browser_page.set_viewport_size({"width": 1280, "height": 844})
            browser_page.goto(f"{address}/{name}/", wait_until="load")
            assert browser_page.evaluate(f"{TOO_WIDE}.concat({CUT})") == [], name
            browser_page.set_viewport_size({"width": 390, "height": 844})
            assert browser_page.evaluate(TOO_WIDE) == [], name
            if "<math" in text:
                font = "document.fonts.ready.then(() => document.fonts.check('1em \"STIX Two Math\"'))"
                assert browser_page.evaluate(font), name
            assert browser_page.locator("body").get_attribute("data-md-color-scheme") == "slate"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_footer_text_has_enough_contrast(site, browser_page, scheme):
    """Axe-core reports text in the colour of its background as undecided, so none may be undecided."""
    browser_page.emulate_media(color_scheme=scheme)
    with served(site) as address:
        browser_page.goto(f"{address}/how-to/train/")
        load_axe(browser_page)
        good, bad, undecided = browser_page.evaluate(
            """axe.run("footer", {runOnly: ["color-contrast"]}).then(found =>
                 [found.passes, found.violations, found.incomplete].map(rules =>
                   rules.flatMap(rule => rule.nodes.map(node => node.html))))"""
        )
    assert (bad, undecided) == ([], [])
    assert any("Material for MkDocs" in html for html in good)


def test_a_reader_finds_an_operation_by_searching(site, browser_page):
    with served(site) as address:
        browser_page.goto(address)
        field = browser_page.get_by_placeholder("Search")
        field.click()
        field.press_sequentially("Interpolate")
        found = browser_page.locator('.md-search-result a[href$="/operations/#interpolate"]')
        found.first.wait_for(state="attached")
