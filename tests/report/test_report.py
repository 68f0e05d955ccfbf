"""The report shows what is in the run, in every format, whatever the text, and resumes a run."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib.resources import files
from io import BytesIO
from math import exp, log
from typing import get_args
from urllib.parse import unquote

import numpy as np
import pytest

pytest.importorskip("matplotlib")
from axe import SCHEMES, SCHEMES_AND_WIDTHS, violations
from browser import served
from bs4 import BeautifulSoup
from command_line import TEACHRNN, run, run_here
from markdown_it import MarkdownIt
from matplotlib.image import imread
from typer.testing import CliRunner
from usual import usual

import teachrnn.report.gradient_check as gradient_check
import teachrnn.report.html_page as html_page_module
import teachrnn.report.markdown_page as markdown_page_module
from teachrnn.cli import app
from teachrnn.errors import DomainError, FileFormatError
from teachrnn.recipes import Recipe
from teachrnn.report import (
    ReportedRun,
    check_comparable,
    check_run,
    compare,
    write_report,
    write_up,
)
from teachrnn.report.document import (
    Document,
    Element,
    Facts,
    Paragraph,
    Picture,
    Section,
    TextTable,
    Verbatim,
)
from teachrnn.report.html_page import html_page
from teachrnn.report.loss_curve import loss_curve_section
from teachrnn.report.markdown_page import markdown_page
from teachrnn.runs import Run, Session, Source, TrainedModel
from teachrnn.sampling import Greedy
from teachrnn.training import Curve, Epoch
from teachrnn.views.figures.loss_curve import loss_curve
from teachrnn.views.figures.parts.inline_svg import inline_svg
from teachrnn.views.style.legible import legible
from teachrnn.views.style.loss_units import LossUnits
from teachrnn.views.style.number import format_number

pytestmark = pytest.mark.long

HOSTILE = (
    "</pre></figure><script>alert(1)</script><img src=x onerror=alert(2)>",
    "```\n`````\n~~~\nfence `code` [link](javascript:alert(3)) ![i](http://127.0.0.1:9/x.png)",
    "| a | b |\n# heading\n- item\n***bold*** &lt; &amp; <b>\n1. one",
    "{{ 7 * 7 }} {% raw %} </style>]]> --> <!--",
    "\x07 escape \x1b[31m \x08 turn \u202e half \ud800 line \u2028 delete \x7f c1 \x85",
)

TEXT = "the quick brown fox <b>jumps</b> over `the` lazy dog & runs away; **then** it | comes back.\n"


SMALL = ("--hidden", "8", "--length", "10")
"""Options of a run whose gradient check and updates take little time."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a small text."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "fox.txt").write_text(TEXT * 25, "utf-8")
    return folder


@pytest.fixture(scope="module")
def written(folder):
    """A tiny run from end to end on the command line: the session and both forms of its report."""
    done = run("report", "fox.txt", *SMALL, "--updates", 300, "--out", "whole", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Report: ") == 2
    return folder / "whole"


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A run with validation losses, several epochs and samples, made in this process."""
    folder = tmp_path_factory.mktemp("measured")
    (folder / "fox.txt").write_text(TEXT * 25, "utf-8")
    recipe = Recipe.find("adagrad").but(
        hidden=8,
        length=20,
        updates=230,
        validate_every=50,
        clipping={"name": "value", "limit": 0.5},
    )
    session = Session.open(folder / "run", recipe, str(folder / "fox.txt"), sample_every=100)
    for _ in session.steps():
        pass
    return session


@pytest.fixture(scope="module")
def found(measured):
    """What the check of that run's gradients has found."""
    return check_run(measured.run)


@pytest.fixture(scope="module")
def document(measured, found):
    return write_up(measured, found)


@pytest.fixture(scope="module")
def page(document):
    """The page of that run, parsed."""
    return parsed(html_page(document))


def parsed(page):
    return BeautifulSoup(page, "html.parser")


def cells(soup, caption):
    """The table with that caption: the cells of each row, by the row's name."""
    table = next(t for t in soup.find_all("table") if t.caption.get_text().startswith(caption))
    return {
        row.th.get_text(): [cell.get_text() for cell in row.find_all("td")]
        for row in table.tbody.find_all("tr")
    }


def preformatted(pre):
    """Its text; a newline directly after <pre> is not part of it (HTML, section 13.1.2.5)."""
    return pre.get_text().removeprefix("\n")


def passages(soup):
    return {
        figure.figcaption.get_text(): preformatted(figure.pre)
        for figure in soup.find_all("figure", class_="passage")
    }


def facts(soup):
    return {pair.dt.get_text(): pair.dd.get_text() for pair in soup.dl.find_all("div")}


# The numbers ------------------------------------------------------------------------------------


def test_losses_in_the_page_are_those_of_the_run_in_every_unit(measured, page):
    training = measured.run.training
    found = cells(page, "Losses of this run")
    expected = {
        "smooth, first": (1, training.curve.smooth[0][1] / 20),
        "smooth, last": (230, training.smooth_loss / 20),
        "smooth, lowest": (training.best_smooth.iteration, training.best_smooth.loss / 20),
        "validation, last": training.curve.validation[-1],
        "validation, lowest": (training.best_validation.iteration, training.best_validation.loss),
    }
    for name, (update, nats) in expected.items():
        at, *units = (float(cell.replace(",", "")) for cell in found[name])
        assert at == update
        assert units[0] == pytest.approx(20 * nats, abs=0.0051), name
        assert units[1:3] == pytest.approx([nats, nats / log(2)], abs=0.00051), name
        assert units[3] == pytest.approx(exp(nats), rel=0.0051), name
    K = len(measured.run.vocabulary)
    assert found["guessing"][1:] == [
        f"{20 * log(K):.2f}",
        f"{log(K):.3f}",
        f"{log(K) / log(2):.3f}",
        f"{K:.1f}",
    ]


def test_epoch_means_in_the_page_are_those_of_the_run(measured, page):
    epochs = measured.run.training.curve.epochs
    assert len(epochs) >= 2
    found = cells(page, "Mean training loss of each whole epoch")
    assert list(found) == [str(i) for i in range(1, len(epochs) + 1)]
    for row, epoch in zip(found.values(), epochs, strict=True):
        assert row[0] == f"{epoch.last:,}"
        assert row[1:3] == [f"{20 * epoch.mean_loss:.2f}", f"{epoch.mean_loss:.3f}"]


def test_samples_in_the_page_are_those_of_the_session_each_with_its_smooth_loss(measured, page):
    session = measured
    found = passages(page)
    assert [s.iteration for s in session.samples] == [0, 100, 200]
    for sample in session.samples:
        if sample.iteration == 0:
            caption = "Before the first update"
        else:
            caption = next(c for c in found if c.startswith(f"After update {sample.iteration:,};"))
            assert f"{sample.smooth_loss:.2f} nats per sequence" in caption
        assert found[caption] == legible(sample.text)


def test_best_models_by_either_loss_write_1000_symbols_each(measured, page):
    session = measured
    training = session.run.training
    validation, smooth = training.best_validation, training.best_smooth
    found = passages(page)
    for title, update, loss, which in (
        (
            "The best model by",
            f"after update {validation.iteration:,}",
            20 * validation.loss,
            "validation",
        ),
        ("The model at the lowest smooth", f"before update {smooth.iteration:,}", smooth.loss, "smooth"),
    ):
        caption, text = next(item for item in found.items() if item[0].startswith(title))
        assert update in caption
        assert f"{loss:.2f} nats per sequence = {loss / 20:.3f} nats" in caption
        trained = TrainedModel.load(session.checkpoint, which)
        written = trained.sample(1000, rng=np.random.default_rng([0, 4]))
        assert len(written) == 1000
        assert text == legible(written)


def test_page_says_where_in_the_text_the_lowest_smooth_loss_was(measured, page):
    run = measured.run
    n, each = run.training.best_smooth.iteration, run.training.batching.batches_per_epoch
    text = page.find(id="best").get_text()
    epoch, place = (n - 1) // each + 1, 100 * ((n - 1) % each + 1) / each
    assert f"reached at update {n:,}, in epoch {epoch}, {place:.1f} % of the way through" in text
    end = ((n - 1) % each + 1) * 20
    excerpt = run.vocabulary.decode(run.tokens[max(0, end - 200) : end])
    assert passages(page)["The training text at that place"] == excerpt


def test_every_sampling_strategy_is_shown(page):
    found = passages(page)
    names = [
        *(f"Temperature {tau}" for tau in ("0.5", "1", "1.5")),
        *(f"Nucleus, θ = {theta}" for theta in ("0.3", "0.7", "0.95")),
    ]
    assert all(len(found[name]) == 200 for name in names)
    assert len({found[name] for name in names}) == len(names)


def test_greedy_choice_and_beam_search_start_from_the_same_state_as_every_strategy(measured, page):
    session = measured
    trained = TrainedModel.load(session.checkpoint, "validation")
    assert any(np.abs(h).max() > 0.1 for h in trained.state.values())
    rng = np.random.default_rng(0)
    for title, width, expected in (
        ("Greedy, always the most likely", 1, trained.sample(200, rng=rng, sampler=Greedy())),
        ("Beam search, 8 wide", 8, trained.vocabulary.decode(trained.likeliest(200, width=8).tokens)),
    ):
        caption, text = next(item for item in passages(page).items() if item[0].startswith(title))
        assert text == legible(expected)
        cost = -trained.likeliest(200, width=width).log_probability / 200
        assert f"{cost:.3f} nats per symbol" in caption


def test_setting_names_every_hyper_parameter_even_those_that_the_recipe_leaves_alone(measured, page):
    run = measured.run
    found = facts(page)
    assert found["Recipe"].startswith("adagrad:")
    assert found["Its source"] == run.recipe.source
    assert found["Optimizer"].startswith("adagrad, eta = 0.1, epsilon = 1e−8,")
    assert found["Initial weights"] == "normal, scale = 0.01"
    assert found["Clipping"] == "value, limit = 0.5"
    assert found["Seed"] == "0"
    assert run.source.fingerprint() in found["Fingerprint"]
    assert (
        f"{len(run.tokens):,} characters to train on, the last {len(run.held_out):,}" in found["Split"]
    )
    assert f"K = {len(run.vocabulary)} " in found["Length"]


NUMBERED = {"Initial weights", "Optimizer", "Learning rate over time", "Clipping", "Updates", "Time"}


def test_gradient_norms_are_those_of_the_steps(measured):
    session, journal = measured, measured.journal
    again = Run(session.run.recipe, session.run.source)
    norms = [(step.gradient_norm, step.clipped_norm) for step in again.steps()]
    assert journal.size == 4
    assert [block.last for block in journal.blocks] == [*range(4, 230, 4), 230]
    for block in journal.blocks:
        before, after = np.array(norms[block.last - block.updates : block.last]).T
        assert block.norm == pytest.approx(before.sum())
        assert block.largest == before.max()
        assert block.clipped == np.sum(after < before)
    assert sum(block.clipped for block in journal.blocks) > 0


# The gradient check -----------------------------------------------------------------------------


def test_gradients_of_a_run_agree_and_every_comparison_has_its_row(measured, found, page):
    run = measured.run
    assert not found.differs
    tables = page.find(id="gradients").find_all("table")
    assert len(tables) == 5
    for table in tables:
        assert [row.th.get_text() for row in table.tbody.find_all("tr")] == ["U", "W", "b", "V", "c"]
    verdicts = [row.td.get_text() for table in tables[:4] for row in table.tbody.find_all("tr")]
    assert verdicts == [check.verdict for _, _, check in found]
    assert f"m = 8, T = 20, K = {len(run.vocabulary)}" in page.find(id="gradients").get_text()


def test_every_measure_called_an_error_is_computed_as_its_name_says(found, page):
    _, own = found.networks[0].reports[-1]
    shown = cells(page, "The same comparison in every measure")
    assert list(shown) == ["U", "W", "b", "V", "c"]
    for check in own.checks:
        a, n = check.analytic, check.reference
        error, larger = np.abs(a - n), np.maximum(np.abs(a), np.abs(n))
        relative = np.divide(error, larger, out=np.zeros_like(error), where=larger > 0)
        expected = [
            error.max(),
            (n - a).max(),
            np.linalg.norm(a - n) / (np.linalg.norm(a) + np.linalg.norm(n)),
            np.divide(error, np.abs(a) + np.abs(n), out=np.zeros_like(error), where=larger > 0).max(),
            relative.max(),
            relative.mean(),
            error.max() / relative.max(),
            larger.max(),
        ]
        *figures, zeros, bound, largest = shown[check.name]
        assert [*figures, bound, largest] == [format_number(float(x), 2) for x in expected]
        assert zeros == f"{((a == 0) & (n == 0)).sum()} of {len(a)}"
        assert expected[-2] <= expected[-1]
    assert int(shown["U"][-3].split()[0]) > 0  # of symbols that do not occur, which the mean would hide


def test_check_begins_at_the_run_s_own_weights_and_a_state_that_is_not_zero(measured, monkeypatch):
    traces, check_gradient = [], gradient_check.check_gradient

    def spy(trace, *given, **options):
        traces.append(trace)
        return check_gradient(trace, *given, **options)

    monkeypatch.setattr(gradient_check, "check_gradient", spy)
    run = measured.run
    check_run(run)
    untrained = Run(run.recipe, run.source).training.model.parameters
    for name in ("U", "W", "V"):
        np.testing.assert_allclose(traces[0].parameters[name].data, untrained[name], rtol=1e-6)
        assert traces[-1].parameters[name].data.std() == pytest.approx(0.5, rel=0.3)
    assert all(np.abs(trace["h[0]"].data).min() > 0 for trace in traces)


def test_wrong_gradient_of_the_training_code_is_found_and_reported(measured, monkeypatch):
    from teachrnn.models import FusedPath

    right = FusedPath.gradient

    def wrong(self, *given, **options):
        loss = right(self, *given, **options)
        self.gradients["W"] = self.gradients["W"].T.copy()
        return loss

    monkeypatch.setattr(FusedPath, "gradient", wrong)
    found = check_run(measured.run)
    assert found.differs
    section = gradient_check.gradient_check_section(found)
    notice = next(b for b in section.blocks if isinstance(b, Paragraph) and b.notice)
    assert "DIFFER, for W" in notice.text


def test_blind_check_is_named_with_its_reason(measured, monkeypatch):
    """In a network that amplifies small changes, central differences say nothing about the gradient."""
    monkeypatch.setattr(gradient_check, "ENTRIES", 10)
    run = Run(measured.run.recipe.but(hidden=60, length=40), measured.run.source)
    found = check_run(run)
    blind = {check.name for _, _, check in found if check.verdict == "blind"}
    assert blind
    told = [
        b.text for b in gradient_check.gradient_check_section(found).blocks if isinstance(b, Paragraph)
    ]
    reason = next(text for text in told if text.startswith("Blind, central difference"))
    assert "changes with h" in reason or "round-off floor" in reason
    assert all(re.search(rf"\b{name}\b", reason) for name in blind)


# Both forms ------------------------------------------------------------------------------------


def test_markdown_has_the_same_sections_tables_and_passages_as_the_page(document, page):
    markdown, pictures = markdown_page(document)
    soup = parsed(MarkdownIt("commonmark").enable("table").render(markdown))
    headings = [h.get_text() for h in page.find_all("h2")]
    assert [h.get_text() for h in soup.find_all("h2")] == headings
    ours, theirs = (
        [t.tbody.get_text(" ", strip=True) for t in s.find_all("table")] for s in (page, soup)
    )
    assert ours == theirs
    assert [preformatted(p) for p in page.find_all("pre")] == [
        p.get_text().removesuffix("\n") for p in soup.find_all("pre")
    ]
    assert {image["src"] for image in soup.find_all("img")} == set(pictures)
    assert all(image["alt"] for image in soup.find_all("img"))
    assert all(png.startswith(b"\x89PNG") for png in pictures.values())


@pytest.fixture(scope="module")
def hostile():
    """A document in which every text is hostile."""
    text = legible("\n".join(HOSTILE))
    line = " ".join(text.split())
    figure = loss_curve(Curve(smooth=[(1, 3.0), (100, 2.0)]), symbols=9, length=2)
    blocks = [
        Paragraph(line),
        Paragraph(line, notice=True),
        Facts([(line, line)]),
        TextTable(line, (line, line), [(line, line)]),
        Picture("p", line, line, figure),
        Verbatim(line, text),
    ]
    return Document(line, line, blocks, [Section("s", line, blocks)])


def test_hostile_text_stays_text_in_the_page(hostile, tmp_path, browser_page):
    (tmp_path / "report.html").write_text(html_page(hostile), "utf-8")
    browser_page.goto((tmp_path / "report.html").as_uri())
    assert browser_page.locator("script, img, b").count() == 0
    assert browser_page.locator("pre").first.inner_text() == legible("\n".join(HOSTILE))
    assert browser_page.locator("main > p").first.inner_text().startswith("</pre></figure><script>")


def test_hostile_text_stays_text_in_markdown(hostile):
    markdown, _ = markdown_page(hostile)
    soup = parsed(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))
    assert soup.find_all(["script", "a", "b", "ol"]) == []
    assert {image["src"] for image in soup.find_all("img")} == {"p.png"}
    assert len(soup.find_all("h1")) == 1
    assert soup.pre.get_text() == legible("\n".join(HOSTILE)) + "\n"
    line = " ".join(legible("\n".join(HOSTILE)).split())
    assert soup.h1.get_text() == line
    assert [cell.get_text() for cell in soup.table.find_all(["th", "td"])] == [line] * 4


def test_characters_without_a_glyph_are_shown():
    shown = legible("".join(map(chr, range(0x100))) + "\u202e\u2066\ud800\u2028")
    assert "\n" in shown
    assert all(c in "\n\t" or c.isprintable() or c == "\xa0" for c in shown)
    assert len(set(shown)) > 200


def test_page_makes_no_request_and_runs_no_script(written, browser_page):
    with served(written) as address:
        browser_page.goto(f"{address}/report.html")
        assert browser_page.locator("h1").count() == 1
        assert browser_page.locator("script, link, img, [style]").count() == 0
    policy = parsed((written / "report.html").read_text("utf-8")).find(
        "meta", attrs={"http-equiv": "Content-Security-Policy"}
    )["content"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'", policy
    )


def test_template_has_a_branch_for_every_kind_of_element():
    """Jinja silently leaves out elements for which the template has no branch."""
    template = (files("teachrnn.report") / "page" / "report.html").read_text("utf-8")
    assert set(re.findall(r'kind\(block\) == "(\w+)"', template)) == {
        kind.__name__ for kind in get_args(Element)
    }


def test_ids_are_unique(written):
    ids = re.findall(r' id="([^"]+)"', (written / "report.html").read_text("utf-8"))
    assert len(ids) == len(set(ids)) > 20


@pytest.mark.parametrize(("scheme", "width"), SCHEMES_AND_WIDTHS)
def test_axe_core_finds_no_violation(browser_page, written, scheme, width):
    page = browser_page
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto((written / "report.html").as_uri())
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = page.locator("figure:not(.passage) svg:visible")
    assert shown.count() == page.locator("figure:not(.passage)").count() == 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_table_that_is_cut_shows_on_which_side_it_continues(chromium, written, scheme):
    """A strip at each edge shows a shadow, or the background where the table ends there."""
    page = chromium.new_page(color_scheme=scheme, viewport={"width": 390, "height": 700})
    page.goto((written / "report.html").as_uri())
    table = page.locator(".scroll").first
    table.evaluate(
        "box => box.querySelectorAll('td, th, caption').forEach(c => c.style.color = '#0000')"
    )
    beyond = table.evaluate("box => box.scrollWidth - box.clientWidth")
    assert beyond > 50

    def shaded():
        picture = imread(BytesIO(table.screenshot()))[:20, :, :3]  # above its rules
        paper = picture[:, picture.shape[1] // 2].mean()
        return [abs(float(picture[:, i].mean() - paper)) > 0.1 for i in (1, -2)]

    assert shaded() == [False, True]
    table.evaluate("(box, by) => { box.scrollLeft = by / 2 }", beyond)
    assert shaded()[1]
    table.evaluate("(box, by) => { box.scrollLeft = by }", beyond)
    assert not shaded()[1]
    assert page.locator("tbody th").first.bounding_box()["x"] == page.locator("h1").bounding_box()["x"]
    page.set_viewport_size({"width": 1280, "height": 700})
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") == 0
    assert shaded() == [False, False]
    page.close()


# The figures -----------------------------------------------------------------------------------


def test_loss_figure_has_two_scales_that_differ_by_T_and_all_points():
    curve = Curve(smooth=[(1, 60.0), (100, 50.0)], validation=[(50, 2.0), (100, 1.9)])
    figure = loss_curve(curve, symbols=20, length=25)
    axes = figure.axes[0]
    figure.draw_without_rendering()
    right = axes.child_axes[0]
    assert np.array(axes.get_ylim()) == pytest.approx(25 * np.array(right.get_ylim()))
    lines = {line.get_label(): line for line in axes.lines}
    assert lines["smooth loss"].get_ydata() == pytest.approx([60, 50])
    assert lines["validation loss"].get_ydata() == pytest.approx([50, 47.5])
    assert any(np.allclose(line.get_ydata(), 25 * log(20)) for line in axes.lines)


def test_loss_figure_shows_losses_beyond_the_edge_at_the_edge():
    curve = Curve(smooth=[(1, 60.0)], validation=[(50, 12.0), (100, 1.9)])
    axes = loss_curve(curve, symbols=20, length=25).axes[0]
    beyond = next(line for line in axes.lines if "beyond" in str(line.get_label()))
    assert list(beyond.get_xdata()) == [50]
    assert beyond.get_ydata() == [axes.get_ylim()[1]]


def test_inline_figure_has_the_text_colour_of_the_page():
    figure = loss_curve(Curve(smooth=[(1, 60.0), (100, 50.0)]), symbols=20, length=25)
    svg = inline_svg(figure, name="loss", title="A < B", description="C & D")
    assert "style=" not in svg
    assert "#000000" not in svg
    soup = parsed(svg)
    assert soup.title.get_text() == "A < B"
    assert soup.desc.get_text() == "C & D"
    assert soup.svg["aria-labelledby"] == "loss-title loss-description"
    assert "smooth loss" in soup.get_text()
    assert svg == inline_svg(figure, name="loss", title="A < B", description="C & D")


# The command -----------------------------------------------------------------------------------


def test_command_writes_every_file_completely(written):
    assert sorted(path.name for path in written.iterdir()) == [
        ".lock",
        "checkpoint.npz",
        "gradient-norm.png",
        "journal.json",
        "loss.png",
        "report.html",
        "report.md",
        "samples.json",
        "step-size.png",
    ]
    assert "Unfinished" not in (written / "report.md").read_text("utf-8")


def figures_of(page):
    """The page without the time, which differs from run to run."""
    return re.sub(r"<dt>Time</dt><dd>.*?</dd>", "", page.read_text("utf-8"))


def test_run_in_two_parts_gives_the_same_report(folder, written):
    options = ("fox.txt", *SMALL, "--out", "parts")
    for updates in (130, 300):
        done = run_here("report", *options, "--updates", updates, cwd=folder)
        assert done.returncode == 0, done.stderr
    assert figures_of(folder / "parts" / "report.html") == figures_of(written / "report.html")
    notes = (json.loads((folder / part / "journal.json").read_text()) for part in ("parts", "whole"))
    ours, theirs = ({k: v for k, v in note.items() if k != "seconds"} for note in notes)
    assert ours == theirs
    for name in ("loss.png", "gradient-norm.png", "step-size.png"):
        assert (folder / "parts" / name).read_bytes() == (written / name).read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of its own kind")
def test_ctrl_c_keeps_the_run_and_writes_an_unfinished_report(folder):
    options = ["fox.txt", *SMALL, "--out", "stopped", "--updates"]
    process = subprocess.Popen(
        [*TEACHRNN, "report", *options, "10000000"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (folder / "stopped" / "checkpoint.npz").exists() and process.poll() is None:
        time.sleep(0.05)  # written first in the middle of the training
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate()
    assert process.returncode == 130, errors
    done = int(re.search(r"Stopped after update ([\d,]+)", output).group(1).replace(",", ""))
    page = (folder / "stopped" / "report.html").read_text("utf-8")
    assert f"Unfinished: {done:,} of 10,000,000 updates were made" in page
    again = run_here("report", *options, done + 10, cwd=folder)
    assert again.returncode == 0, again.stderr
    assert "Unfinished" not in (folder / "stopped" / "report.html").read_text("utf-8")


def test_missing_matplotlib_is_reported_before_any_training(folder, tmp_path):
    (tmp_path / "matplotlib").mkdir()
    (tmp_path / "matplotlib" / "__init__.py").write_text("raise ImportError('none here')")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = run("report", "--out", "none", cwd=folder, PYTHONPATH=path)
    assert done.returncode == 2
    assert "python -m pip install 'teachrnn[figures]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--recipe", "none"), "no recipe is named 'none'"),
        (("none.txt",), "none.txt"),
        (("fox.txt", *SMALL, "--hidden", "9", "--out", "whole"), "differs in hidden"),
        (("fox.txt", "--out", "fox.txt"), "fox.txt"),
    ],
    ids=["recipe", "corpus", "another run", "no folder"],
)
def test_mistake_gives_a_message(folder, written, arguments, message):
    done = run_here("report", *arguments, cwd=folder)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


# Several recipes --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reported(measured, found, tmp_path_factory):
    """That run, and one of another recipe on the same text that reads four sequences at a time."""
    session = measured
    recipe = session.run.recipe.but(
        name="adam",
        title="Adam",
        optimizer={"name": "adam", "eta": 0.01},
        batching={"name": "streams", "batch": 4},
        length=10,
    )
    folder = tmp_path_factory.mktemp("another") / "run & more"
    another = Session.open(folder, recipe, session.run.source.name, sample_every=100)
    for _ in another.steps():
        pass
    return [ReportedRun(session, found), ReportedRun(another, found)]


def test_comparison_has_the_losses_of_every_run_in_one_table_and_one_figure(reported, tmp_path):
    document = compare(reported, tmp_path)
    page = parsed(html_page(document))
    found = cells(page, "Losses in nats per character")
    assert list(found) == ["adagrad", "adam"]
    for entry, T in zip(reported, (20, 10), strict=True):
        training = entry.run.training
        updates, last, lowest, epoch, validation, at, perplexity, _ = found[entry.name]
        assert (updates, at) == ("230", f"{training.best_validation.iteration:,}")
        assert float(last) == pytest.approx(training.smooth_loss / T, abs=0.00051)
        assert float(lowest) == pytest.approx(training.best_smooth.loss / T, abs=0.00051)
        assert float(epoch) == pytest.approx(training.curve.epochs[-1].mean_loss, abs=0.00051)
        assert float(validation) == pytest.approx(training.best_validation.loss, abs=0.00051)
        assert float(perplexity) == pytest.approx(exp(training.best_validation.loss), rel=0.0051)
    pictures = {b.name: b.figure.axes[0] for b in document.sections[0].blocks if isinstance(b, Picture)}
    assert set(pictures) == {"smooth-loss", "validation-loss"}
    for axes in pictures.values():
        assert [line.get_label() for line in axes.lines[:2]] == ["adagrad", "adam"]
        assert axes.get_xlabel() == "epoch"  # as an update of the one reads more than one of the other
    for line, entry, T in zip(pictures["smooth-loss"].lines, reported, (20, 10), strict=False):
        each = entry.run.training.batching.batches_per_epoch
        points = [(n / each, loss / T) for n, loss in entry.run.training.curve.smooth]
        np.testing.assert_allclose(np.transpose(line.get_data()), points)
    best = min(reported, key=lambda entry: entry.run.training.best_validation.loss)
    assert f"has learnt from, {best.name} is the best" in page.main.p.get_text()


def test_comparison_says_where_recipes_differ_and_leads_to_their_reports(reported, tmp_path):
    written = write_report(compare(reported, tmp_path), tmp_path)
    page = parsed(written.html.read_text("utf-8"))
    differ = cells(page, "Where they differ")
    assert set(differ) == {"Sequences", "Batching", "Optimizer", "Updates", "Cost of guessing"}
    assert differ["Sequences"] == ["T = 20", "T = 10"]
    assert facts(page)["Seed"] == "0"
    markdown = parsed(MarkdownIt("commonmark").render(written.markdown.read_text("utf-8")))
    for soup in (page.main, markdown):
        links = [unquote(a["href"]) for a in soup.find_all("a")]
        assert [(tmp_path / link).resolve() for link in links] == [
            (entry.session.folder / "report.html").resolve() for entry in reported
        ]
    for entry in reported:
        caption = next(c for c in passages(page) if c.startswith(f"{entry.name}, after update"))
        assert len(passages(page)[caption]) >= 200


def test_recipes_that_read_different_symbols_are_not_compared(measured):
    run = measured.run
    words = Run(Recipe.find("words").but(hidden=2), Source.load(run.source.name, Recipe.find("words")))
    with pytest.raises(DomainError, match="adagrad and words read the text as other symbols"):
        check_comparable([run, words])
    other = Run(run.recipe.but(validation=0.3), run.source)
    with pytest.raises(DomainError, match="hold out other parts of the text"):
        check_comparable([run, other])


def test_command_reports_every_recipe_and_compares_them(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(html_page_module, "_drawn", lambda picture, narrow: "")  # for the time it takes
    monkeypatch.setattr(markdown_page_module, "DPI", 10)
    given = ["report", str(folder / "fox.txt"), "--hidden", "4", "--length", "5", "--updates", "60"]
    given += ["--recipe", "adagrad", "--recipe", "adam", "--out", str(tmp_path / "both")]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 0, done.output
    for place in ("both", "both/adagrad", "both/adam"):
        assert (tmp_path / place / "report.html").exists()
        assert (tmp_path / place / "report.md").exists()
    assert done.output.count("Report: ") == 4
    assert done.output.count("Comparison: ") == 2


@pytest.mark.parametrize(
    ("names", "message"),
    [(("adam", "adam"), "given twice"), (("adam", "words"), "read the text as other symbols")],
)
def test_recipes_that_cannot_be_compared_are_refused_before_any_training(
    folder, tmp_path, names, message
):
    given = ["report", str(folder / "fox.txt"), "--out", str(tmp_path / "both")]
    done = CliRunner().invoke(app, given + [word for name in names for word in ("--recipe", name)])
    assert message in f"{done.output} {done.exception}"
    assert not list(tmp_path.rglob("checkpoint.npz"))


# Remarks ----------------------------------------------------------------------------------------


def test_remarks_are_in_both_forms_and_never_changed(measured, found):
    session = measured
    held = "\ufeffW is tiny: \u202eh[0] is small.\r\n\r\n \r\n" + "\r\n\r\n".join(HOSTILE[:4])
    remarks = session.folder / "remarks.txt"
    remarks.write_bytes(held.encode("utf-8"))
    try:
        document = write_up(session, found)
        write_report(Document("t", "s", [], []), session.folder)
        assert remarks.read_bytes() == held.encode("utf-8")
    finally:
        remarks.unlink()
    section = document.sections[-1]
    assert section.title == "Remarks"
    told = [block.text for block in section.blocks]
    assert told[0] == "W is tiny: ⟨U+202E⟩h[0] is small."
    assert told[1:] == [legible(text) for text in HOSTILE[:4]]
    alone = Document("t", "s", [], [section])
    markdown = MarkdownIt("commonmark").render(markdown_page(alone)[0])
    for soup in (parsed(html_page(alone)).main, parsed(markdown)):
        assert soup.find_all(["script", "img", "b", "li"]) == []
        shown = [" ".join(p.get_text().split()) for p in soup.find_all("p")][-len(told) :]
        assert shown == [" ".join(text.split()) for text in told]


def test_report_without_remarks_says_where_they_go(page):
    assert "remarks.txt, beside this page" in page.find(id="remarks").get_text()


def test_remarks_that_cannot_be_read_are_named_before_any_training(folder, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "remarks.txt").write_bytes("naïve".encode("latin-1"))
    given = [
        str(folder / "fox.txt"),
        "--hidden",
        "8",
        "--updates",
        "300",
        "--out",
        str(tmp_path / "run"),
    ]
    done = CliRunner().invoke(app, ["report", *given])
    assert isinstance(done.exception, FileFormatError)
    assert "remarks.txt is not UTF-8 at byte 2" in str(done.exception)
    assert not (tmp_path / "run" / "checkpoint.npz").exists()


# Other kinds of text ----------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", usual(["stacked"], ["tweets", "words"]))
def test_every_kind_of_recipe_can_be_written_up(tmp_path, recipe, monkeypatch):
    monkeypatch.setattr(gradient_check, "ENTRIES", 5)
    (tmp_path / "fox.txt").write_text(TEXT * 25, "utf-8")
    chosen = Recipe.find(recipe).but(hidden=6, updates=120, validate_every=60, length=8)
    session = Session.open(tmp_path / "run", chosen, str(tmp_path / "fox.txt"), sample_length=40)
    for _ in session.steps():
        pass
    found = check_run(session.run)
    assert not found.differs
    written = write_report(write_up(session, found), session.folder)
    soup = parsed(written.html.read_text("utf-8"))
    unit = "word" if recipe == "words" else "character"
    heads = [th.get_text() for th in soup.find(id="loss").find_all("th", scope="col")]
    assert f"nats per {unit}" in heads
    assert ("nats per sequence" in heads) == (recipe != "tweets")
    if recipe == "tweets":
        assert any("␃\n" in text for text in passages(soup).values())
        assert "\x03" not in written.html.read_text("utf-8")


def test_report_of_a_run_without_validation_says_so(written):
    page = parsed((written / "report.html").read_text("utf-8"))
    assert "The validation loss was not measured in this run" in page.get_text()
    assert any(caption.startswith("The last model") for caption in passages(page))


def test_ups_and_downs_of_the_loss_are_attributed_to_the_text_only_if_they_recur():
    recipe = Recipe.find("adagrad").but(hidden=4, length=2, updates=1)
    run = Run(recipe, Source.of("ab cd " * 800))
    each = run.training.batching.batches_per_epoch
    wave = np.sin(np.arange(0, each, 100) / each * 20)

    def told(second):
        curve = run.training.curve = Curve()
        for epoch, course in enumerate((wave, second)):
            curve.smooth += [(epoch * each + 1 + 100 * i, 3 + x) for i, x in enumerate(course.tolist())]
            curve.epochs.append(Epoch((epoch + 1) * each, 1.5 - epoch / 10))
        texts = [b.text for b in loss_curve_section(run).blocks if isinstance(b, Paragraph)]
        return next(text for text in texts if "correlation" in text)

    assert "at the same places" in told(wave)
    assert "training itself" in told(-wave)


def test_loss_is_the_same_in_every_unit():
    assert LossUnits("word", None).cells(log(8)) == ("2.079", "3.000", "8.00")
    assert LossUnits("character", 25).smooth(25 * log(2)) == (
        "17.33 nats per sequence = 0.693 nats = 1.000 bits per character (perplexity 2.00)"
    )
    assert LossUnits("character", None).smooth(30.0) == "30.00 nats per sequence"


def test_no_number_of_the_report_has_more_digits_than_are_meaningful(page):
    """Except in the fingerprint and versions, where every digit counts."""
    told = [pair.dd.get_text() for pair in page.dl.find_all("div") if pair.dt.get_text() in NUMBERED]
    for section in page.find_all("section"):
        blocks = section.find_all(["p", "td", "figcaption", "caption"])
        told += [block.get_text() for block in blocks]
    decimals = [len(found.lstrip("0")) for found in re.findall(r"\d\.(\d+)", " ".join(told))]
    assert len(decimals) > 100
    assert max(decimals) <= 3
    assert not re.search(r"\de[-+]", " ".join(told))


def test_huge_loss_is_written_as_a_power_of_ten():
    assert LossUnits("character", 25).cells(1e150) == ("2.50e151", "1.00e150", "1.44e150", "e^1.00e150")
    assert LossUnits("character", None).cells(800.0) == ("800.000", "1154.156", "e^800")
