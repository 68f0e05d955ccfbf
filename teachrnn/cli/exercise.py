"""``teachrnn exercise``: list the exercises, begin one, judge an attempt."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from teachrnn.cli.console import say
from teachrnn.errors import DomainError

if TYPE_CHECKING:
    from teachrnn.exercises import Exercise


def exercise(
    which: Annotated[
        str | None,
        typer.Argument(
            help="An exercise, or a file of your own that ends in .toml; without it, the list."
        ),
    ] = None,
    attempt: Annotated[
        str | None,
        typer.Argument(help="Your file or notebook; of a prediction, your answer."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            help="Where the starting file is written; by default NAME.py, here.", show_default=False
        ),
    ] = None,
    rungs: Annotated[int, typer.Option(min=0, max=4, help="How many hints can open.")] = 4,
    handout: Annotated[
        Path | None, typer.Option(help="Write a page with it, or with all of them, and stop.")
    ] = None,
    slides: Annotated[bool, typer.Option("--slides", help="With --handout: in large type.")] = False,
    player: Annotated[
        bool, typer.Option("--player", help="With --handout: a prediction, at its step of the player.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """List exercises, begin one, or have an attempt judged.

    Code runs in a process of its own, with limits of time, memory and output. Attempts are kept; each
    one that is wrong, and was changed, opens a hint. Ends with status 0 if it is right, 1 if not.
    """
    from teachrnn.exercises import Exercise

    if handout is not None:
        from teachrnn.views.exercises import save_exercise_page, save_exercise_player

        if player:
            if which is None:
                raise DomainError("--player needs the name of an exercise.")
            say(f"Page: {save_exercise_player(Exercise.find(which), handout).resolve()}")
            return
        chosen = Exercise.all() if which is None else [Exercise.find(which)]
        say(f"Page: {save_exercise_page(chosen, handout, slides=slides).resolve()}")
        return
    if slides or player:
        raise DomainError(f"--{'slides' if slides else 'player'} needs --handout FILE.html.")
    if which is None:
        _list(Exercise.all())
    elif attempt is None:
        _begin(Exercise.find(which), which, to)
    else:
        from teachrnn.views.exercises import judge

        found = judge(which, _handed_in(Exercise.find(which), attempt), hints=rungs)
        say(json.dumps(found.to_dict(), indent=1, ensure_ascii=False) if as_json else str(found))
        raise typer.Exit(0 if found.right else 1)


def _list(exercises: list[Exercise]) -> None:
    from rich import box
    from rich.table import Table

    from teachrnn.cli.console import open_console
    from teachrnn.exercises.attempts import KeptAttempts

    table = Table(box=box.SIMPLE_HEAD, padding=0)
    table.add_column("exercise", no_wrap=True)  # it is typed
    for heading in ("what it is", "course", "difficulty", "minutes", "points", "yours"):
        table.add_column(heading)
    for one in exercises:
        kept = KeptAttempts.load(one).kept
        state = "right" if any(a.judgement.right for a in kept) else "begun" if kept else ""
        stars = "\N{BULLET}" * one.difficulty
        table.add_row(one.name, one.title, one.course, stars, str(one.minutes), f"{one.points:g}", state)
    open_console().print(table)
    say("Begin one: teachrnn exercise NAME. Have it judged: teachrnn exercise NAME my.py")


def _begin(one: Exercise, which: str, to: Path | None) -> None:
    """Write the starting file; of an exercise without code, say what is asked."""
    from teachrnn.exercises.kinds import OrderExercise
    from teachrnn.files import write_atomically
    from teachrnn.views.exercises.exercise_data import exercise_text
    from teachrnn.views.exercises.exercise_html import facts
    from teachrnn.views.prose import prose_text

    text = prose_text(exercise_text(one)).strip()
    kind, called = one.judged_by, shlex.quote(which)
    say(one.title)
    say(facts(one))
    say()
    say(text)
    say()
    lines = [f"{one.title} ({facts(one)})", "", *text.splitlines()]
    head = "\n".join(f"# {line}".rstrip() for line in lines)
    if kind.is_code:
        code = "\n\n\n".join(part.strip() for part in (one.given, one.starting) if part.strip())
    elif isinstance(kind, OrderExercise):
        code = "\n".join(" " * 4 * line.indent + line.text for line in kind.offered(one))
    else:
        choices = ", ".join(getattr(kind, "choices", []))
        say(f"Choose from: {choices}." if choices else "")
        say(f'Answer: teachrnn exercise {called} "your answer"')
        say("In a file that is handed in, it stands behind a line:")
        say(f"  # exercise: {one.name}")
        say("  # your answer")
        return
    path = to or Path(one.file_name)
    if path.exists():
        say(f"{path} is there already, and stays as it is; --to FILE writes another one.")
    else:
        write_atomically(path, f"{head}\n\n# exercise: {one.name}\n{code}\n".encode())
        say(f"Written to {path}: change it, then run")
    say(f"  teachrnn exercise {called} {shlex.quote(str(path))}")


def _handed_in(one: Exercise, attempt: str) -> str | Path:
    """A file, or of what is no code, the answer itself."""
    is_file = one.judged_by.is_code or Path(attempt).suffix in (".py", ".txt", ".ipynb")
    if not is_file:
        return attempt
    if not Path(attempt).exists():
        raise DomainError(f"{attempt}: there is no such file.")
    return Path(attempt)
