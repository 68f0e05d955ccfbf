"""The gallery: every figure and every notebook app, drawn from the registries as the site is built."""

from __future__ import annotations

import inspect
import os

from held_back import held_back
from mkdocs.structure.files import File

from teachrnn.runs import small_network
from teachrnn.views.figures import FIGURES
from teachrnn.views.figures.parts.figure_html import figure_html
from teachrnn.views.page.fragment import story_fragment
from teachrnn.views.story.introduction import introduction

INTRODUCTION = """\
# Gallery

Everything on this page was computed when it was built. Each picture has a table of what it shows.

## The stepper

One forward pass and one backward pass of a small network, step by step: here without a kernel, in a
notebook as `teachrnn.Stepper.of("hello")`, in a file as `teachrnn step hello`, in a
terminal as `teachrnn step hello --terminal`. The key `?` lists all keys.
"""

FIGURES_TITLE = """\
## Figures

Each is a function in `teachrnn.views.figures` that returns a matplotlib `Figure`, which you can save as
PDF, SVG or PNG; `table_of(figure)` gives the same in words and numbers.
"""

APPS_TITLE = """\
## Notebook apps

In a notebook each app is live, with sliders and buttons; here, without a kernel, it shows its initial
picture. `python -m pip install 'teachrnn[widgets]'` installs what they need for your own notebooks,
`'teachrnn[notebook]'` installs JupyterLab too.
"""


def on_files(files, config):
    os.environ["TEACHRNN_DISPLAY"] = "static"
    from teachrnn.widgets.app import APPS

    shown = small_network("hello", hidden=4)
    stepper = held_back(story_fragment(shown.trace, symbols=shown.symbols, about=introduction(shown)))
    figures = [
        part(kind.name, kind.title, call(kind), kind.draw, kind.example()) for kind in FIGURES.values()
    ]
    apps = [app_part(app) for app in APPS.values()]
    content = "\n\n".join([INTRODUCTION, stepper, FIGURES_TITLE, *figures, APPS_TITLE, *apps]) + "\n"
    files.append(File.generated(config, "gallery.md", content=content))
    return files


def part(name: str, title: str, code: str, described: object, figure: object) -> str:
    """A heading, one sentence, how to call it, the picture with its table."""
    return "\n\n".join(
        [f"### {title}", first_sentence(described), f"`{code}`", held_back(figure_html(figure))]
    )


def app_part(app: type) -> str:
    code = f"teachrnn.widgets.{app.__name__}{parameters(app)}"
    return "\n\n".join(
        [
            f"### {app.title}",
            first_sentence(app),
            f"`{code}`",
            held_back(figure_html(app.example().figure)),
        ]
    )


def call(kind) -> str:
    return f"{kind.name}{parameters(kind.draw)}"


def parameters(called: object) -> str:
    """A signature without types, which are in the reference."""
    signature = inspect.signature(called)
    bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=signature.empty))


def first_sentence(described: object) -> str:
    return (inspect.getdoc(described) or "").partition("\n\n")[0].replace("\n", " ")
