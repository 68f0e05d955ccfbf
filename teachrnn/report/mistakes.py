"""A network with mistakes in it, written up: what checks say, and what became of training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from teachrnn.laboratory import (
    RIGHT,
    CheckTable,
    LearningCurve,
    MistakenRuns,
    PlantedMistake,
    gradient_picture,
    parameter_table,
    told_by_curves,
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
from teachrnn.views.figures.gradients_with_mistake import gradients_with_mistake
from teachrnn.views.figures.losses_with_mistakes import losses_with_mistakes
from teachrnn.views.figures.right_and_given import right_and_given
from teachrnn.views.figures.which_check_sees_it import which_check_sees_it
from teachrnn.views.figures.which_gradients_are_wrong import which_gradients_are_wrong
from teachrnn.views.style.legible import legible
from teachrnn.views.style.loss_units import per_symbol

UNSEEN = "no check: the gradient is right for what the program computes"


def write_up_mistakes(runs: MistakenRuns, checks: CheckTable) -> Document:
    """Everything about some mistakes: lines, checks, gradients, losses, samples.

    Parameters
    ----------
    runs : MistakenRuns
        The runs; those that are not finished are left out.
    checks : CheckTable
        What each check says of each mistake.

    Returns
    -------
    Document
        The page, to be written with `write_report`.

    Examples
    --------
    >>> import tempfile
    >>> from teachrnn import Recipe, Source
    >>> from teachrnn.laboratory import check_table, settings
    >>> recipe = Recipe.find("adagrad").but(hidden=4, length=5, updates=10)
    >>> text = Source.of("hello world. " * 20)
    >>> runs = MistakenRuns(recipe, text, ["no carry"], seeds=1, folder=tempfile.mkdtemp())
    >>> _ = list(runs.finish())
    >>> at = {"T = 1": settings()["T = 1"]}
    >>> page = write_up_mistakes(runs, check_table("vanilla", runs.mistakes, at=at, draws=1))
    >>> [section.title for section in page.sections]
    ['The mistake', 'What checks say', 'The gradients', 'The losses', 'What they write', 'Setting']
    """
    curves, backward = runs.curves, [planted for planted in runs.mistakes if planted.backward]
    names = ", ".join(planted.name for planted in runs.mistakes)
    sections = [_mistakes(runs.mistakes, checks)]
    if backward:
        sections += [_checks(checks), _gradients(backward, runs.recipe.cell)]
    if curves:
        sections += [_losses(curves, runs.guessing), _samples(curves)]
    return Document(
        title=f"{names}: {'a mistake' if len(runs.mistakes) == 1 else 'mistakes'} on purpose",
        subtitle="A right network with a mistake switched on, with teachrnn",
        opening=[Paragraph(said) for said in told_by_curves(curves, runs.guessing)],
        sections=[*sections, _setting(runs)],
    )


def _mistakes(mistakes: Sequence[PlantedMistake], checks: CheckTable) -> Section:
    blocks: list[Element] = []
    for planted in mistakes:
        said = planted.described
        blocks.append(Paragraph(f"{planted.name}: {said.title}. {said.why}"))
        lines = [("right", said.right), ("wrong", said.wrong)] if said.wrong else []
        if planted.backward:
            missed = checks.missed_by(planted.name)
            lines += [
                ("needs", said.seen),
                ("seen by", ", ".join(checks.seen_by(planted.name)) or "none of the checks below"),
                ("let pass by", ", ".join(missed) or "none of the checks below"),
            ]
        else:
            lines += [("made in", planted.place), ("seen by", UNSEEN)]
        blocks.append(Facts(lines))
    return Section("mistake", "The mistake" if len(mistakes) == 1 else "The mistakes", blocks)


def _checks(checks: CheckTable) -> Section:
    alarmed = [
        name for name, n in zip(checks.settings, checks.false_alarms, strict=True) if n == checks.draws
    ]
    caption = f"Which check sees which mistake, in {checks.draws} draws of other numbers each."
    told = (
        "A careful check has several steps and units, weights that are not small and an initial state"
        " that is not 0; each of those after it changes one thing."
    )
    refused = f" Right code is refused by {' and '.join(alarmed)}: there a check says nothing."
    blocks: list[Element] = [
        Paragraph(told + (refused if alarmed else "")),
        Picture("checks", caption, _described(checks), which_check_sees_it(checks)),
    ]
    return Section("checks", "What checks say", blocks)


def _described(checks: CheckTable) -> str:
    return " ".join(f"{name} passes {_listed(checks.missed_by(name))}." for name in checks.mistakes)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "no check"


def _gradients(mistakes: Sequence[PlantedMistake], cell: str) -> Section:
    table = parameter_table(cell, mistakes)
    blocks: list[Element] = [
        Picture(
            "parameters",
            f"Whose gradients are wrong, at {table.sizes}: an empty cell is right.",
            " ".join(f"{name}: {_listed(table.wrong(name))}." for name in table.mistakes),
            which_gradients_are_wrong(table),
        )
    ]
    for number, planted in enumerate(mistakes):
        picture = gradient_picture(planted, cell)
        blocks.append(
            Picture(
                f"over-time-{number}",
                f"The size of the state's gradient over time, right and with: {planted.name}.",
                f"At {picture.sizes}; the difference is that of the two gradients, entry by entry.",
                gradients_with_mistake(picture),
            )
        )
        name = picture.most_wrong
        if name is not None:
            blocks.append(
                Picture(
                    f"matrix-{number}",
                    f"The gradient d{name}: right, with {planted.name}, and the difference.",
                    f"At {picture.sizes}. It is the matrix with the largest error.",
                    right_and_given(name, *picture.parameters[name]),
                )
            )
    return Section("gradients", "The gradients", blocks)


def _losses(curves: Sequence[LearningCurve], guessing: float) -> Section:
    blocks: list[Element] = []
    for which, said in (("smooth", "smooth loss"), ("validation", "held-out loss")):
        shared = [len(getattr(curve, which)) for curve in curves]
        if min(shared) > 1:
            blocks.append(
                Picture(
                    which,
                    f"The {said}: mean over the seeds, in a band from the lowest to the highest.",
                    "The dashed line is what guessing costs.",
                    losses_with_mistakes(curves, guessing=guessing, which=which),  # type: ignore[arg-type]
                )
            )
    caption = "Losses after the last update of every run, in nats per character"
    head = ("run", "seed", "updates", "smooth", "held-out", "remark")
    blocks.append(TextTable(caption, head, [_row(curve) for curve in curves], words=(5,)))
    return Section("losses", "The losses", blocks)


def _row(curve: LearningCurve) -> tuple[str, ...]:
    last = [
        per_symbol(points[-1][1]) if points else "\N{EN DASH}"
        for points in (curve.smooth, curve.validation)
    ]
    remark = "diverged" if curve.diverged else ""
    return (curve.mistake, f"{curve.seed}", f"{curve.updates:,}", *last, remark)


def _samples(curves: Sequence[LearningCurve]) -> Section:
    blocks: list[Element] = [Paragraph("Drawn from the unmodified softmax, after the last update.")]
    seed = min(curve.seed for curve in curves)
    for curve in curves:
        if curve.seed == seed and curve.samples:
            last = curve.samples[-1]
            caption = f"{curve.mistake}, seed {seed}, after {last.iteration:,} updates"
            blocks.append(Verbatim(caption, legible(last.text)))
    return Section("samples", "What they write", blocks)


def _setting(runs: MistakenRuns) -> Section:
    recipe = runs.recipe
    kinds = ", ".join([RIGHT, *(planted.name for planted in runs.mistakes)])
    pairs = [
        ("Text", legible(Path(runs.source.name).name)),
        ("Symbols", f"{len(runs.source.tokens):,}, K = {len(runs.source.vocabulary)}"),
        ("Network", f"{recipe.cell}, m = {recipe.hidden}, T = {recipe.length}, {recipe.dtype}"),
        ("Optimizer", _settings(recipe.optimizer)),
        ("Clipping", _settings(recipe.clipping)),
        ("Updates", f"{recipe.updates:,}"),
        ("Seeds", ", ".join(map(str, runs.seeds))),
        ("Runs", kinds),
    ]
    return Section("setting", "Setting", [Facts(pairs)])


def _settings(rule: dict[str, object]) -> str:
    return ", ".join(str(v) if k == "name" else f"{k} = {v}" for k, v in _in_order(rule))


def _in_order(rule: dict[str, object]) -> Iterator[tuple[str, object]]:
    yield "name", rule["name"]
    yield from ((key, value) for key, value in rule.items() if key != "name")
