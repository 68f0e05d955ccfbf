"""``teachrnn list``: everything with a name: recipes, corpora, cells, optimizers, samplers."""

from __future__ import annotations

from teachrnn.cells import CELLS
from teachrnn.cli.console import open_console, say
from teachrnn.data import BATCHINGS, CORPORA
from teachrnn.optimizers import OPTIMIZERS
from teachrnn.recipes import RECIPES, all_measured
from teachrnn.sampling import SAMPLERS


def list_names() -> None:
    """List everything with a name: recipes, texts, cells, optimizers, samplers."""
    from rich.table import Table

    title = (
        "Recipes (--recipe); smooth loss in nats per sequence after 10,000 updates, the lowest and the "
        "highest of several runs"
    )
    recipes = Table("recipe", "what it is", "from", "loss", title=title, title_justify="left")
    for name, recipe in sorted(RECIPES.items()):
        measured = all_measured().get(name)
        reached = measured.spread(10_000) if measured else ""
        recipes.add_row(name, recipe.title, recipe.source, reached)
    corpora = Table("text", "what it is", "characters", "needs", title="Texts", title_justify="left")
    for name, corpus in sorted(CORPORA.items()):
        size = f"{corpus.characters:,}" if corpus.characters else "varies"
        corpora.add_row(name, f"{corpus.title}, {corpus.author}", size, corpus.install or "nothing")
    console = open_console()
    console.print(recipes)
    console.print(corpora)
    for title, registry in (
        ("Cells", CELLS),
        ("Optimizers", OPTIMIZERS),
        ("Batchings", BATCHINGS),
        ("Samplers", SAMPLERS),
    ):
        say(f"{title}: {', '.join(sorted(registry))}")
