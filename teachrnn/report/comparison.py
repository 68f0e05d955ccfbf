"""Several recipes on one text, side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from teachrnn.errors import DomainError
from teachrnn.report.best_models import write_passage
from teachrnn.report.compared_losses import compared_losses_section
from teachrnn.report.document import (
    Document,
    Element,
    Facts,
    Links,
    Paragraph,
    Section,
    TextTable,
    Verbatim,
)
from teachrnn.report.remarks import remarks_section
from teachrnn.report.reported_run import ReportedRun
from teachrnn.report.setting import setting_facts
from teachrnn.report.write_up import HTML
from teachrnn.runs import Run, TrainedModel
from teachrnn.views.style.legible import legible
from teachrnn.views.style.loss_units import LossUnits, per_symbol

COUNT = 200
"""Symbols that each of the models generates."""

OWN = ("Recipe", "Its source", "Of note")
"""Facts about a run that are in its own report only."""


def check_comparable(runs: Sequence[Run]) -> None:
    """Refuse runs whose losses cannot be compared.

    Parameters
    ----------
    runs : sequence of Run
        Runs, at least one.

    Raises
    ------
    DomainError
        If they do not read the same symbols, or are not measured on the same part of them.

    Examples
    --------
    >>> from teachrnn import Recipe, Run, Source
    >>> text, recipe = Source.of("hello world. " * 40), Recipe.find("adam").but(hidden=4)
    >>> check_comparable([Run(recipe, text, seed=seed) for seed in (0, 1)])
    """
    first = runs[0]
    for run in runs[1:]:
        same_text = run.source.fingerprint() == first.source.fingerprint()
        if not same_text or len(run.tokens) != len(first.tokens):
            what = "hold out other parts of the text" if same_text else "read the text as other symbols"
            raise DomainError(
                f"the recipes {first.recipe.name} and {run.recipe.name} {what}, so that their losses "
                "cannot be compared. Report them one by one."
            )


def compare(entries: Sequence[ReportedRun], folder: Path) -> Document:
    """Set runs of several recipes side by side: one table, their curves together.

    Parameters
    ----------
    entries : sequence of ReportedRun
        The runs, each of another recipe, on the same text.
    folder : Path
        The folder of the page: links to the other reports, and remarks, are relative to it.

    Returns
    -------
    Document
        The comparison, to be written with `write_report`.

    Raises
    ------
    DomainError
        If their losses cannot be compared.

    Examples
    --------
    >>> from teachrnn import Recipe, Run, Source
    >>> from teachrnn.report import ReportedRun, check_run
    >>> import tempfile
    >>> from teachrnn.runs import Session
    >>> text, entries = Source.of("hello world. " * 9), []
    >>> for name in ("adam", "adagrad"):
    ...     run = Run(Recipe.find(name).but(hidden=3, length=3, updates=5), text)
    ...     session, found = Session(run, tempfile.mkdtemp()), check_run(run)
    ...     for _ in session.steps():
    ...         pass
    ...     entries.append(ReportedRun(session, found))
    >>> compare(entries, Path(tempfile.mkdtemp())).title
    'adam, adagrad, on text'
    """
    check_comparable([entry.run for entry in entries])
    text = legible(Path(entries[0].run.source.name).name)
    return Document(
        title=f"{', '.join(entry.name for entry in entries)}, on {text}",
        subtitle=f"{len(entries)} recipes on one text, with teachrnn",
        opening=[*_unfinished(entries), Paragraph(_best(entries))],
        sections=[
            compared_losses_section(entries),
            _settings(entries),
            _gradients(entries),
            _passages(entries),
            _reports(entries, folder),
            remarks_section(folder),
        ],
    )


def _unfinished(entries: Sequence[ReportedRun]) -> Iterator[Element]:
    for entry in entries:
        done, wanted = entry.run.training.iteration, entry.run.recipe.updates
        if done < wanted:
            yield Paragraph(f"Unfinished: {entry.name}, {done:,} of {wanted:,} updates.", notice=True)


def _best(entries: Sequence[ReportedRun]) -> str:
    """Which recipe did best, as far as one run of each can say."""
    units = LossUnits.of(entries[0].run)
    measured = [entry for entry in entries if entry.run.training.best_validation.iteration]
    if len(measured) < len(entries):
        return (
            "The validation loss was not measured in all of these runs, so none of them can be called "
            "the best."
        )
    best, *rest = sorted(measured, key=lambda entry: entry.run.training.best_validation.loss)
    others = ", ".join(
        f"{entry.name} {per_symbol(entry.run.training.best_validation.loss)}" for entry in rest
    )
    at = best.run.training.best_validation
    return (
        f"On text that none of them has learnt from, {best.name} is the best: {units.text(at.loss)}, "
        f"after update {at.iteration:,}; in nats per {units.symbol}, {others}. This is one run of each: "
        "with other seeds the figures, and where they are close their order, would be others."
    )


def _settings(entries: Sequence[ReportedRun]) -> Section:
    """What all of them have in common, and how they differ."""
    facts = [dict(setting_facts(entry.run)) for entry in entries]
    names = [name for name in facts[0] if name not in OWN]
    common = [(name, facts[0][name]) for name in names if len({own[name] for own in facts}) == 1]
    differing = [name for name in names if name not in dict(common)]
    blocks: list[Element] = []
    if differing:
        head = ("setting", *(entry.name for entry in entries))
        rows = [(name, *(own[name] for own in facts)) for name in differing]
        blocks.append(TextTable("Where they differ", head, rows, words=range(1, len(head))))
    blocks += [Paragraph("All of them:"), Facts(common)]
    return Section("setting", "Settings", blocks)


def _gradients(entries: Sequence[ReportedRun]) -> Section:
    rows = []
    for entry in entries:
        verdicts = [check.verdict for _, _, check in entry.found]
        rows.append(
            (entry.name, *(str(verdicts.count(verdict)) for verdict in ("agrees", "differs", "blind")))
        )
    wrong = [entry.name for entry in entries if entry.found.differs]
    summary = (
        f"Of {', '.join(wrong)} a gradient DIFFERS from its reference; see the report of that run."
        if wrong
        else "No gradient differs from its reference. The reports of the runs have every figure."
    )
    return Section(
        "gradients",
        "Gradient checks",
        [
            Paragraph(summary, notice=bool(wrong)),
            TextTable(
                "Comparisons of a gradient with a reference; a blind one could not have seen an error",
                ("recipe", "agree", "differ", "blind"),
                rows,
            ),
        ],
    )


def _passages(entries: Sequence[ReportedRun]) -> Section:
    blocks: list[Element] = [
        Paragraph(
            "The model of the lowest validation loss of each, or the last one where none was measured, "
            "drawn from the unmodified softmax, with the same random numbers."
        )
    ]
    for entry in entries:
        best, unit = entry.run.training.best_validation, LossUnits.of(entry.run).symbol
        at = f"after update {best.iteration or entry.run.training.iteration:,}"
        loss = f": {per_symbol(best.loss)} nats per {unit}" if best.iteration else ""
        written = write_passage(
            TrainedModel.load(entry.session.checkpoint, "validation"), COUNT, entry.run.seed
        )
        blocks.append(Verbatim(f"{entry.name}, {at}{loss}", legible(written)))
    return Section("passages", "What they write", blocks)


def _reports(entries: Sequence[ReportedRun], folder: Path) -> Section:
    pairs = []
    for entry in entries:
        page = Path(os.path.relpath(entry.session.folder / HTML, folder)).as_posix()
        pairs.append((f"{entry.name}: {entry.run.recipe.title}", quote(page)))
    return Section("reports", "The report of each run", [Links(pairs)])
