"""Runs with a mistake are beside right ones from the same seeds; they are kept, and resumed."""

from __future__ import annotations

import pytest
from command_line import run_here

from teachrnn import Recipe, Source
from teachrnn.cli.laboratory import public_text
from teachrnn.data import CORPORA
from teachrnn.errors import DivergedError, DomainError, MissingExtraError, NameLookupError
from teachrnn.laboratory import LearningCurve, MistakenRuns, told_by_curves
from teachrnn.report.document import Picture, Verbatim

TEXT = Source.of("the quick brown fox jumps over the lazy dog. " * 9)
RECIPE = Recipe.find("adagrad").but(hidden=6, length=7, updates=12)


def runs(folder, *mistakes, recipe=RECIPE, seeds=1, **more):
    return MistakenRuns(recipe, TEXT, mistakes or ("no carry",), seeds=seeds, folder=folder, **more)


def test_runs_of_a_seed_differ_in_the_mistake_alone(tmp_path):
    right, wrong = runs(tmp_path).finish()
    assert right.smooth[0] == wrong.smooth[0]  # the first loss is made before any update
    assert right.smooth[-1] != wrong.smooth[-1]
    assert right.samples[0].text == wrong.samples[0].text != right.samples[-1].text
    assert right.samples[-1].iteration == right.validation[-1][0] == 12


def test_a_finished_run_is_read_and_not_made_again(tmp_path, monkeypatch):
    made = list(runs(tmp_path).finish())
    monkeypatch.setattr(MistakenRuns, "session", lambda *given: pytest.fail("it trained again"))
    assert list(runs(tmp_path).finish()) == made
    fewer = list(runs(tmp_path, recipe=RECIPE.but(updates=6)).finish())
    assert [curve.updates for curve in fewer] == [6, 6]
    assert {n for curve in fewer for n, _ in curve.smooth} == {1}


def test_more_updates_and_a_stop_in_between_give_what_one_go_gives(tmp_path):
    whole = list(runs(tmp_path / "whole").finish())
    list(runs(tmp_path / "parts", recipe=RECIPE.but(updates=5)).finish())
    stopped = runs(tmp_path / "parts")
    (planted, seed) = stopped.planned[1]
    session = stopped.session(planted, seed)
    for step in session.steps():
        if step.iteration == 8:
            break
    again = list(runs(tmp_path / "parts").finish())
    for one, other in zip(whole, again, strict=True):
        assert one.smooth[-1] == other.smooth[-1]
        assert one.validation[-1] == other.validation[-1]
        assert one.samples[-1] == other.samples[-1]


def test_a_slip_of_the_optimizer_is_found_by_its_words_and_resumed(tmp_path):
    slip = "is not divided by sqrt(m[t])"
    whole = list(runs(tmp_path / "whole", slip).finish())
    list(runs(tmp_path / "parts", slip, recipe=RECIPE.but(updates=5)).finish())
    again = list(runs(tmp_path / "parts", slip).finish())
    assert whole[1].mistake == f"θ[t] {slip}"
    assert whole[1].smooth[-1] == again[1].smooth[-1] != whole[0].smooth[-1]


def test_another_setting_has_another_folder(tmp_path):
    list(runs(tmp_path).finish())
    assert runs(tmp_path, recipe=RECIPE.but(hidden=7)).curves == []
    assert runs(tmp_path, first_seed=1).curves == []


def test_a_run_that_diverges_is_kept_with_what_it_had(tmp_path, monkeypatch):
    from teachrnn.training import Training

    def diverging(self):
        if self.iteration == 3:
            raise DivergedError("it has diverged.")
        return step(self)

    step = Training.__next__
    monkeypatch.setattr(Training, "__next__", diverging)
    curve = next(runs(tmp_path).finish())
    assert curve.updates == 3
    assert "diverged" in curve.diverged
    monkeypatch.setattr(Training, "__next__", lambda self: pytest.fail("it trained again"))
    assert runs(tmp_path).curves[0] == curve
    assert any("diverged" in said for said in told_by_curves([curve, *good()], 3.0))


def good():
    return [LearningCurve("right", 1, 5, [(5, 2.0)]), LearningCurve("no slope", 1, 5, [(5, 2.5)])]


def test_a_loss_that_falls_with_the_mistake_is_called_no_evidence():
    assert told_by_curves(good(), 3.0)[-1].startswith("A falling loss is no evidence")
    assert "no evidence" not in " ".join(told_by_curves(good(), 2.2))  # it is worse than guessing


def test_what_the_laboratory_cannot_do_is_refused(tmp_path):
    with pytest.raises(DomainError, match="networks of one"):
        runs(tmp_path, recipe=RECIPE.but(layers=2))
    with pytest.raises(NameLookupError, match="no mistake 'nonsense'"):
        runs(tmp_path, "nonsense")


def test_the_command_trains_says_what_it_found_and_writes_a_page(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    pages = []
    monkeypatch.setattr("teachrnn.report.write_report", lambda page, folder: pages.append(page) or [])
    (tmp_path / "fox.txt").write_text("the quick brown fox jumps over the lazy dog. " * 9)
    size = ("--hidden", 6, "--length", 7, "--updates", 10, "--seeds", 1, "--draws", 1)
    both = ("--mistake", "no carry", "--mistake", "targets not shifted")
    done = run_here("laboratory", "fox.txt", *size, *both, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "wrong:  dh[t-1] += 0" in done.stdout
    assert "no carry: seen by careful" in done.stdout
    assert "let pass by T = 1." in done.stdout
    assert "targets not shifted: seen by no check of a gradient" in done.stdout
    blocks = [block for section in pages[0].sections for block in section.blocks]
    pictures = [block.name for block in blocks if isinstance(block, Picture)]
    assert pictures == ["checks", "parameters", "over-time-0", "matrix-0", "smooth"]
    assert [b.caption for b in blocks if isinstance(b, Verbatim)][-1].startswith("targets not shifted")
    assert len(runs(tmp_path / "laboratory" / "adagrad-fox", recipe=RECIPE.but(updates=10)).curves) == 2


def test_a_novel_is_read_where_one_is_installed_and_otherwise_help(monkeypatch):
    novel = CORPORA["pride-and-prejudice"]
    monkeypatch.setattr(novel, "load", lambda: "a novel")
    assert public_text() == novel.name

    def missing():
        raise MissingExtraError("not installed")

    monkeypatch.setattr(novel, "load", missing)
    assert public_text() == "help"


def test_the_command_lists_mistakes_of_the_cell():
    done = run_here("laboratory", "--names")
    assert (
        "no carry             the gradient carried back from r[t] to h[t-1] is left out" in done.stdout
    )
    assert "more of the vanilla cell, and 33 slips in the update of adagrad" in done.stdout
