"""A whole run, written up."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from teachrnn.files import make_folder, write_atomically
from teachrnn.report.best_models import best_models_section
from teachrnn.report.document import Document, Element, Paragraph
from teachrnn.report.gradient_check import RunCheck, gradient_check_section
from teachrnn.report.gradient_norms import gradient_norms_section
from teachrnn.report.html_page import html_page
from teachrnn.report.loss_curve import loss_curve_section
from teachrnn.report.markdown_page import markdown_page
from teachrnn.report.remarks import remarks_section
from teachrnn.report.samples import samples_section
from teachrnn.report.setting import setting_section
from teachrnn.report.strategies import strategies_section
from teachrnn.runs import Session
from teachrnn.views.style.legible import legible
from teachrnn.views.style.loss_units import LossUnits

HTML, MARKDOWN = "report.html", "report.md"


class Written(NamedTuple):
    """Where a report is.

    Attributes
    ----------
    html, markdown : Path
        The two pages; the figures of the latter are beside it.
    """

    html: Path
    markdown: Path


def write_up(session: Session, found: RunCheck) -> Document:
    """Everything that the assignment asks for, about a run so far.

    Parameters
    ----------
    session : Session
        The run, with its samples; its checkpoint is read, and the remarks in its folder.
    found : RunCheck
        What the gradient check has found.

    Returns
    -------
    Document
        The report, to be written with `write_report`.

    Examples
    --------
    >>> import tempfile
    >>> from teachrnn import Recipe, Run, Source
    >>> from teachrnn.report import check_run
    >>> recipe = Recipe.find("adam").but(hidden=3, length=3, updates=5)
    >>> run = Run(recipe, Source.of("hello world. " * 9))
    >>> found = check_run(run)
    >>> with tempfile.TemporaryDirectory() as folder, Session(run, folder) as session:
    ...     for _ in session.steps():
    ...         pass
    ...     written = write_report(write_up(session, found), Path(folder))
    >>> written.html.name, written.markdown.name
    ('report.html', 'report.md')
    """
    run = session.run
    sections = [
        setting_section(run, session.journal),
        gradient_check_section(found),
        loss_curve_section(run),
        samples_section(session),
        best_models_section(session),
        strategies_section(session),
    ]
    norms = gradient_norms_section(session.journal)
    sections += [] if norms is None else [norms]
    return Document(
        title=f"{run.recipe.title}, on {legible(Path(run.source.name).name)}",
        subtitle="A recurrent network trained on a text, with teachrnn",
        opening=_opening(session),
        sections=[*sections, remarks_section(session.folder)],
    )


def _opening(session: Session) -> list[Element]:
    run, units = session.run, LossUnits.of(session.run)
    done, wanted = run.training.iteration, run.recipe.updates
    opening: list[Element] = []
    if done < wanted:
        opening.append(
            Paragraph(
                f"Unfinished: {done:,} of {wanted:,} updates were made. The same command resumes it.",
                notice=True,
            )
        )
    trouble = run.trouble()
    if trouble is not None:
        opening.append(Paragraph(trouble, notice=True))
    best = run.training.best_validation
    if best.iteration:
        figure = (
            f"On text that it has not learnt from, the best model of {done:,} updates costs "
            f"{units.text(best.loss)}"
        )
    else:
        figure = f"After {done:,} updates the smooth loss is {units.smooth(run.training.smooth_loss)}"
    opening.append(Paragraph(f"{figure}."))
    return opening


def write_report(document: Document, folder: Path) -> Written:
    """Write ``report.html``, which needs nothing else, and ``report.md`` with its figures beside it.

    Parameters
    ----------
    document : Document
        What `write_up` or `compare` made.
    folder : Path
        The folder; it is created if necessary.

    Returns
    -------
    Written
        Both pages.

    Raises
    ------
    FileFormatError
        If the place cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> from teachrnn.report.document import Document
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_report(Document("A run", "on a text", [], []), folder).html.name
    'report.html'
    """
    make_folder(folder)
    text, pictures = markdown_page(document)
    for name, png in pictures.items():
        write_atomically(folder / name, png)
    return Written(
        write_atomically(folder / HTML, html_page(document).encode("utf-8")),
        write_atomically(folder / MARKDOWN, text.encode("utf-8")),
    )
