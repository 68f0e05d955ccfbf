"""The player in Chromium, the terminal and a figure show the same numbers for one trace."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from rich.console import Console
from steps import OPERATIONS, walked
from usual import usual

from teachrnn import CharRNN, backpropagate
from teachrnn.data import Vocabulary
from teachrnn.views.figures import table_of, unrolled_graph
from teachrnn.views.page.standalone import story_page
from teachrnn.views.terminal import print_story

NUMBER = re.compile(r"(?<![\w.\[])−?(?:\d[\d.]*(?:e−?\d+)?|∞|nan)(?![\w\]])")


@pytest.fixture(params=usual(["lstm"], ["vanilla", "gru"]))
def told(request):
    text = "aba"
    vocabulary = Vocabulary.of(text)
    tokens = vocabulary.encode(text)
    rng = np.random.default_rng(2)
    model = CharRNN(hidden=3, symbols=len(vocabulary), cell=request.param, scale=0.7, rng=rng)
    trace = model.record(tokens[:-1], tokens[1:], state={"h": rng.normal(size=3)})
    return trace, vocabulary.symbols


def player_steps(page, trace, symbols, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(story_page(trace, symbols=symbols), "utf-8")
    page.emulate_media(reduced_motion="reduce")  # what is read is there at once
    page.goto(path.as_uri() + OPERATIONS)
    page.wait_for_selector("body[data-ready]")
    return walked(page)


def terminal_steps(trace, symbols):
    out = io.StringIO()
    print_story(trace, symbols=symbols, console=Console(file=out, width=400, color_system=None))
    return [
        part for part in re.split(r"(?m)^(?=step \d+/\d+ )", out.getvalue()) if part.startswith("step ")
    ]


def numbers_in(section, name):
    """All numbers that follow the name in a step of the terminal, for every occurrence."""
    lines = section.splitlines()
    for place, line in enumerate(lines):
        header = re.fullmatch(rf"[ =+] {re.escape(name)}(?P<rest>  .*)?", line)
        if header:
            shaped = re.match(r"  \d+(?: × \d+)*(?:  |$)", header["rest"] or "")
            single = len(lines) > place + 1 and not re.match(r"^   *[+−·]", lines[place + 1])
            head = [header["rest"] or ""] if not shaped or single else []
            yield NUMBER.findall("\n".join([*head, *lines[place + 1 :]]))


def test_player_terminal_and_figure_show_the_same(browser_page, tmp_path, told):
    trace, symbols = told
    shown = player_steps(browser_page, trace, symbols, tmp_path)
    assert_terminal_tells(shown, terminal_steps(trace, symbols))
    assert_figure_shows(shown, trace)


def assert_terminal_tells(shown, sections):
    assert len(shown) == len(sections)
    for step, section in zip(shown, sections, strict=True):
        words = " ".join(section.split())
        assert step["heading"] in words
        assert step["title"] in words
        assert " ".join(step["sentence"].split()) in words
        for name, numbers in step["in"] + step["out"]:
            found = [tuple(row[: len(numbers)]) for row in numbers_in(section, name)]
            assert tuple(numbers) in found, f"{step['title']}: {name} in the terminal"


def assert_figure_shows(shown, trace):
    backpropagate(trace)
    results = {v.name for v in trace.ops} | {f"d{v.name}" for v in trace.ops}
    complete: dict[
        str, str
    ] = {}  # values, and gradients as they go on, that is when all parts are there
    for step in shown:
        for name, numbers in step["in"] + step["out"]:
            if not name.startswith("d") or step["title"].startswith(f"back through {name[1:]} ="):
                complete[name] = ", ".join(numbers)
    rows = [
        row for show in ("value", "gradient") for row in table_of(unrolled_graph(trace, show=show)).rows
    ]
    drawn = {name: numbers for name, _, numbers in rows if name in results}
    assert drawn == {name: complete[name] for name in results}
