"""The container that the player reads has every number of the story, most of them only once."""

from __future__ import annotations

import json
import re
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teachrnn import CELLS, CharRNN, Op, Tanh, Trace
from teachrnn.formulas import Letter
from teachrnn.formulas.mathml import SLOT, mathml
from teachrnn.views.page.standalone import story_page
from teachrnn.views.player.module import PARTS
from teachrnn.views.player.story_data import story_bytes
from teachrnn.views.player.tables import Tables
from teachrnn.views.story import Yours, tell


def product(matrix, vector, more=0.0):
    """The terms of a row are added one after another, as the player adds them."""
    sums = 0.0
    for column, x in zip(matrix.T, vector, strict=True):
        sums = sums + column * x
    return sums + more


COMPUTED = {
    "times": lambda a, b: a * b,
    "plus": lambda a, b: a + b,
    "tanh": lambda d, y: d * (1 - y * y),
    "sigmoid": lambda d, y: d * y * (1 - y),
    "column": lambda matrix, j: matrix[:, int(j)],
    "rows": product,
    "columns": lambda matrix, vector, more=0.0: product(matrix.T, vector, more),
}


def opened(data):
    """The contents of the container: the text, and a function that returns an array's numbers."""
    (length,) = struct.unpack("<I", data[:4])
    assert (4 + length) % 8 == 0
    text = json.loads(data[4 : 4 + length])
    planes = np.frombuffer(data, "u1", offset=4 + length).reshape(8, -1)
    floats = np.ascontiguousarray(planes.T).view("<f8").ravel()

    def numbers(k):
        array = text["arrays"][k]
        shape, size = array["shape"], int(np.prod(array["shape"], dtype=int))
        if "whole" in array:
            return np.array(array["whole"]).reshape(shape)
        if "sum" in array:
            return sum(numbers(part) for part in array["sum"])
        if "by" in array:
            way, *sources = array["by"]
            computed = COMPUTED[way](*map(numbers, sources))
            return (
                computed + floats[array["rest"] : array["rest"] + size] if "rest" in array else computed
            )
        if "outer" in array:
            return np.multiply.outer(*map(numbers, array["outer"]))
        if "spots" in array:
            spread = np.zeros(size)
            spread[array["spots"]] = floats[array["at"] : array["at"] + len(array["spots"])]
            return spread.reshape(shape)
        return floats[array["at"] : array["at"] + size].reshape(shape)

    return text, numbers


def recorded(T=4, B=None, **options):
    rng = np.random.default_rng(3)
    model = CharRNN(hidden=5, symbols=6, scale=0.5, rng=rng, **options)
    shape = (T + 1,) if B is None else (T + 1, B)
    x = rng.integers(0, 6, shape)
    return model.record(x[:-1], x[1:])


def assert_complete(trace):
    text, numbers = opened(story_bytes(trace))
    story = tell(trace)
    assert len(text["steps"]) == len(story)
    for told, step in zip(text["steps"], story, strict=True):
        shown = [*told["operands"], *(q for o in told["outcomes"] for q in o["quantities"])]
        meant = [*step.operands, *(q for o in step.outcomes for q in o.quantities)]
        for (k, *_), quantity in zip(shown, meant, strict=True):
            assert text["arrays"][k]["name"] == quantity.name
            np.testing.assert_array_equal(numbers(k), quantity.data, err_msg=quantity.name)


@pytest.mark.parametrize("cell", sorted(CELLS))
@pytest.mark.parametrize("B", [None, 2])
@pytest.mark.parametrize("layers", [1, 2])
def test_every_number_of_the_story_is_decoded_unchanged(cell, B, layers):
    assert_complete(recorded(cell=cell, B=B, layers=layers))


@given(st.integers(1, 5), st.integers(0, 2**32 - 1), st.sampled_from([1e-160, 0.01, 1.0, 1e200]))
def test_numbers_of_any_size_are_decoded_unchanged(T, seed, scale):
    rng = np.random.default_rng(seed)
    model = CharRNN(hidden=3, symbols=4, scale=min(scale, 10.0), rng=rng)
    x = rng.integers(0, 4, T + 1)
    state = {"h": scale * rng.normal(size=3)}
    with np.errstate(all="ignore"):
        assert_complete(model.record(x[:-1], x[1:], state=state))


def test_float32_and_numbers_that_are_not_finite_are_decoded_unchanged():
    assert_complete(recorded(dtype=np.float32))

    class Overflow(Op, register=False):
        signature = "(n)->(n)"
        formula = staticmethod(lambda sp, x: x.applyfunc(sp.exp))
        forward = staticmethod(lambda x: np.array([np.inf, -np.inf, np.nan]))
        dx = staticmethod(lambda dy, x, y: dy * np.array([np.nan, 1.0, np.inf]))

    trace = Trace()
    x = trace.input("x", [1.0, 2.0, 3.0])
    trace.loss(Overflow(Tanh(x, name="h"), name="y"))
    assert_complete(trace)


def test_parts_of_gradients_are_sent_as_their_factors_and_summands():
    text, _ = opened(story_bytes(recorded(T=6)))
    kinds = {}
    for array in text["arrays"]:
        kinds.setdefault(array["name"], set()).add(
            next(kind for kind in ("whole", "sum", "outer", "spots", "at") if kind in array)
        )
    assert kinds["∂W via r[3]"] == {"outer"}
    assert kinds["∂U via u[3]"] == {"spots"}
    assert kinds["dW"] == kinds["dh[3]"] == {"sum"}


def test_every_array_says_how_it_was_made():
    trace = recorded()
    text, _ = opened(story_bytes(trace))
    arrays = {array["name"]: array for array in text["arrays"]}
    names = {letter: text["arrays"][k]["name"] for letter, k in arrays["∂W via r[3]"]["letters"].items()}
    assert names == {"x": "h[2]", "W": "W", "b": "b", "y": "r[3]", "dy": "dr[3]"}
    assert [text["arrays"][k]["name"] for k in arrays["L"]["parts"]] == ["L[1]", "L[2]", "L[3]", "L[4]"]
    for name in (*trace.parameters, "h[0]"):
        assert "letters" not in arrays[name]


def declared(interface):
    """The fields of an interface in types.d.ts: all of them, and the required ones."""
    text = (PARTS / "types.d.ts").read_text("utf-8")
    base, body = re.search(
        rf"interface {interface} (?:extends (\w+) )?{{\n(.*?)\n}}", text, re.DOTALL
    ).groups()
    fields = re.findall(r"^  (\w+)(\??):", body, re.MULTILINE)
    every, needed = declared(base) if base else (set(), set())
    return every | {f for f, _ in fields}, needed | {f for f, optional in fields if not optional}


def test_data_sent_to_the_player_matches_its_types():
    trace = recorded(cell="gru", layers=2, T=2)
    yours = Yours({"layer1.h": np.zeros((2, 5))}, notes={"layer1.h[1]": "by hand"})
    text, _ = opened(story_bytes(trace, symbols="abcdef", yours=yours))
    items = [item for rule in text["rules"] for item in rule["pieces"] if isinstance(item, dict)]
    sent = {
        "StoryData": [text],
        "StoryNode": text["nodes"],
        "Name": [use for node in text["nodes"] for use in node["uses"]],
        "Passage": [step for step in text["steps"] if step["phase"] != "turn"],
        "Turn": [step for step in text["steps"] if step["phase"] == "turn"],
        "Outcome": [outcome for step in text["steps"] for outcome in step["outcomes"]],
        "StoryArray": text["arrays"],
        "Program": [text["program"]],
        "GivenName": [one for one in text["program"]["given"] if not isinstance(one, str)],
        "LinesOfStep": text["program"]["steps"],
        "Yours": [array["yours"] for array in text["arrays"] if "yours" in array],
        "Rule": text["rules"],
        "Piece": [item for item in items if "word" not in item],
        "Word": [item for item in items if "word" in item],
        "Triangle": [text["triangle"]],
        "Reached": text["triangle"]["reaches"],
    }
    for interface, items in sent.items():
        every, needed = declared(interface)
        assert items, interface
        for item in items:
            assert needed <= set(item) <= every, interface


def test_names_come_with_their_parts_as_they_are_written():
    text, _ = opened(story_bytes(recorded(cell="gru", layers=2)))
    node = next(n for n in text["nodes"] if n["name"] == "layer2.rho[3]")
    parts = {"letter": "ρ", "layer": 2, "gate": "", "time": 3}
    assert {**node, "name": "layer2.rho[3]", "timeless": "layer2.rho", **parts} == node
    (node,) = (n for n in text["nodes"] if n["name"] == "layer2.r_rho[3]")
    uses = [(use["name"], use["letter"], use["gate"], use["time"]) for use in node["uses"]]
    assert uses == [("layer2.W_rho", "W", "ρ", None), ("layer2.b_rho", "b", "ρ", None)]


def test_gradients_name_their_value_and_the_use_that_they_came_through():
    text, _ = opened(story_bytes(recorded()))
    arrays = {array["name"]: array for array in text["arrays"]}
    assert "of" not in arrays["h[3]"]
    assert arrays["dh[3]"]["of"] == arrays["∂h[3] via r[4]"]["of"] == "h[3]"
    assert arrays["∂h[3] via r[4]"]["via"] == "r[4]"
    assert "via" not in arrays["dh[3]"]


def test_formulas_are_templates_with_their_indices_filled_in():
    tables = Tables()
    for name in ("h[3]", "h[12]", "layer2.h[3]", "r_f[3]"):
        template, *indices = tables.math[tables.formula(Letter(name))]
        text = tables.templates[template]
        for slot, index in enumerate(indices):
            text = text.replace(chr(SLOT + slot), index)
        assert text == mathml(Letter(name))
    assert tables.formula(Letter("h[3]")) == 0
    assert len(tables.templates) == 3


def letters_marked(text, outcome):
    """The marks of the letters in an outcome's equation."""
    template, *_ = text["math"][outcome["formula"]]
    return re.findall(r'<mrow data-l="([^"]*)">', text["templates"][template])


def test_letters_of_an_equation_say_which_arrays_they_stand_for():
    text, _ = opened(story_bytes(recorded(T=6)))
    steps = {step["title"]: step for step in text["steps"]}
    (outcome,) = steps["r[3] = Affine(h[2], W, b)"]["outcomes"]
    assert letters_marked(text, outcome) == ["=", "W", "x", "b"]
    first, second, *_ = steps["back through o[3] = Affine(h[3], V, c)"]["outcomes"]
    assert letters_marked(text, first) == ["=", "W", "dy"]
    assert letters_marked(text, second) == ["=", "0", "1"]
    last = steps["back through r[1] = Affine(h[0], W, b)"]["outcomes"][2]
    assert letters_marked(text, last) == ["=", "0", "1", "-1"], "the summands between are dots"


def test_a_gradient_formed_in_one_product_is_sent_as_summands_and_a_rounding_difference():
    text, numbers = opened(story_bytes(recorded(T=12), check=False))
    sums = [array["sum"] for array in text["arrays"] if array["name"] == "dW" and "sum" in array]
    assert {len(summands) for summands in sums[:-1]} == {2}
    *_, rounding = sums[-1]
    assert text["arrays"][rounding]["name"] == "dW, rounding"
    assert 0 < np.abs(numbers(rounding)).max() < 1e-14


def test_twenty_five_steps_of_the_assignment_fit_into_a_page_below_a_megabyte():
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=100, symbols=80, scale=0.1, rng=rng)
    x = rng.integers(0, 80, 26)
    assert len(story_page(model.record(x[:-1], x[1:]))) < 800_000


def test_vectors_are_sent_as_what_they_are_computed_from():
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=16, symbols=4, scale=0.5, cell="lstm", layers=2, rng=rng)
    x = rng.integers(0, 4, 4)
    trace = model.record(x[:-1], x[1:])
    assert_complete(trace)
    text, _ = opened(story_bytes(trace))
    ways = {array["name"]: array.get("by", ["sent"])[0] for array in text["arrays"]}
    expected = {
        "layer1.u_f[2]": "column",
        "layer2.u_f[2]": "rows",
        "layer1.a_f[2]": "plus",
        "layer1.f[2]": "sent",
        "layer1.kept[2]": "times",
        "dlayer1.a_f[2]": "sigmoid",
        "dlayer1.a_g[2]": "tanh",
        "∂layer2.h[2] via o[2]": "columns",
    }
    assert {name: ways[name] for name in expected} == expected
