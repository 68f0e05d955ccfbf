"""What a tour may be, and what is said of one that does not fit."""

from __future__ import annotations

import copy
import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from teachrnn import Backprop, load_tour
from teachrnn.errors import FileFormatError, TeachrnnError
from teachrnn.runs import small_network
from teachrnn.views.story.named_story import NamedStory
from teachrnn.views.tour import Guided, Tour
from teachrnn.views.tour.blanks import KINDS, StoryNumbers
from teachrnn.views.tour.tour import FOLDER, TourPhase

MINE = {
    "id": "mine",
    "title": "Mine",
    "about": "A tour.",
    "networks": {
        "one": {"title": "one", "text": "hello", "hidden": 3, "updates": 5},
        "two": {"title": "two", "cell": "lstm"},
    },
    "phases": [
        {
            "title": "At h",
            "say": "Norm {norm:dh[3]}.",
            "at": "dh[3]",
            "light": ["dh[3]", "∂h[3] via r[4]"],
            "zoom": [3, 4],
            "ask": {"question": "Which?", "answer": "{norm:h[3]}"},
            "offer": [{"words": "The other", "network": "two"}],
            "claims": ["norm:h[3] > norm:dh[3]"],
        }
    ],
}


def written(tmp_path, **changes):
    """A tour with something else in its phase."""
    plain = copy.deepcopy(MINE)
    plain["phases"][0] |= changes
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(plain), "utf-8")
    return path


def test_tour_of_ones_own_is_read_and_its_networks_inherit(tmp_path):
    guided = Guided.of(written(tmp_path))
    assert [story.name for story in guided.stories] == ["mine-one", "mine-two"]
    one, two = guided.stories
    assert two.trace.T == one.trace.T
    assert "s[4]" in two.trace
    assert guided.data["phases"][0]["offer"] == [{"words": "The other", "story": "mine-two"}]


WRONG = {
    "at": ({"at": "dh[9]"}, "phase 1 ('At h'): `at`: nothing is named 'dh[9]'; near: dh["),
    "at an operation": (
        {"at": "r[3]"},
        "a time step is known by 'h[3]'; or say `level` \"operations\".",
    ),
    "light": ({"light": ["ds[3]"]}, "`light`: nothing is named 'ds[3]'; near: "),
    "blank": ({"say": "{norm:q[3]}"}, "`say`, {norm:q[3]}: nothing is named 'q[3]'"),
    "kind of blank": ({"say": "{mean:h[3]}"}, "a blank is one of norm, value, symbol"),
    "entry": ({"say": "{value:h[3][7]}"}, "h[3][7] is not an entry: h[3] has shape (3,)"),
    "answer": ({"ask": {"question": "?", "answer": "{norm:Z}"}}, "`answer`, {norm:Z}: nothing is named"),
    "words": ({"say": "word " * 56}, "`say` has 56 words, but 1 to 55 are needed"),
    "zoom": ({"zoom": [3, 9]}, "`zoom` is [3, 9], but the first and the last of the steps 1 to 4"),
    "horizon": ({"horizon": 5}, "`horizon` is 5, but 0 to 4 is needed"),
    "network": ({"network": "three"}, "there is no network 'three'; there are: one, two"),
    "offer": (
        {"say": "{norm:∂h[3] via r[4]}"},
        "in the network 'two' that is offered: `say`, {norm:∂h[3] via r[4]}: nothing is named",
    ),
    "result": ({"result": "dU"}, "`result`: nothing is named 'dU'; near: "),
    "claim": ({"claims": ["norm:dh[3] > norm:h[3]"]}, "the claim 'norm:dh[3] > norm:h[3]' is false: "),
    "field": ({"lights": []}, "is damaged (phases[0].lights is unknown)"),
    "type": ({"zoom": 3}, "is damaged (phases[0].zoom = 3, but a list is needed)"),
}


@pytest.mark.parametrize("case", WRONG)
def test_tour_that_does_not_fit_is_refused_with_the_place(tmp_path, case):
    changes, said = WRONG[case]
    with pytest.raises(FileFormatError) as refused:
        Guided.of(written(tmp_path, **changes))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ({"mistake": "the gradient carried back is lost"}, "`mistake`: .*near: "),
        ({"loss": 5}, "`loss` is 5, but there is a loss at the steps 1 to 4"),
        ({"loss": 4, "mistake": "no carry"}, "`mistake` and `loss` cannot be said of one network"),
    ],
)
def test_network_that_cannot_be_made_is_named(tmp_path, network, said):
    plain = copy.deepcopy(MINE)
    plain["networks"]["two"] = {"title": "two", **network}
    (tmp_path / "mine.json").write_text(json.dumps(plain), "utf-8")
    with pytest.raises(FileFormatError, match=rf"network 'two' \(two\): {said}"):
        Guided.of(tmp_path / "mine.json")


def test_where_one_loss_counts_every_gradient_is_what_it_sends():
    trained, _, alone = Guided.of("first").stories
    (last,) = alone.trace.losses
    assert (last.name, len(trained.trace.losses)) == ("L[4]", 4)
    sent = Backprop(trained.trace, losses=[trained.trace["L[4]"]]).run().found
    shown = {q.name: q.data for step in alone.steps for o in step.outcomes for q in o.quantities}
    for name in ("h[1]", "h[3]", "W"):
        np.testing.assert_allclose(shown[f"d{name}"], sent.gradient(trained.trace[name]), rtol=1e-12)


def test_every_file_of_the_folder_is_a_tour_named_like_it():
    files = [item.name for item in FOLDER.iterdir() if item.name.endswith(".json")]
    assert sorted(f"{tour.id}.json" for tour in Tour.all()) == sorted(files)
    for tour in Tour.all():
        assert load_tour(str(FOLDER / f"{tour.id}.json")) == tour


def test_blanks_are_what_the_library_computes():
    network = small_network("hello", hidden=3)
    trace = network.backpropagated
    numbers = StoryNumbers(NamedStory(trace, network.symbols))
    of = numbers.of
    assert of("norm:dh[2]") == pytest.approx(np.linalg.norm(trace["h[2]"].grad))
    assert of("value:dW[1, 2]") == trace["W"].grad[1, 2]
    assert of("value:L") == pytest.approx(float(trace.total_loss))
    assert of("symbol:x[3]") == "l"
    probabilities = np.exp(trace["o[4]"].data) / np.exp(trace["o[4]"].data).sum()
    assert of("chance:L[4]") == pytest.approx(probabilities[network.symbols.index("o")])
    assert of("guessed:L[4]") == pytest.approx(probabilities.max())
    sweep = Backprop(trace, losses=[trace["L[4]"]]).run().found
    assert of("reach:h,4,1") == pytest.approx(np.linalg.norm(sweep.gradient(trace["h[1]"])))
    assert of("norm:dh[4] / norm:dh[1]") == of("norm:dh[4]") / of("norm:dh[1]")
    assert of("kept:W,4") == pytest.approx(of("norm:dW"))
    assert of("cosine:W,4") == pytest.approx(1)
    assert np.cos(np.radians(of("angle:W,2"))) == pytest.approx(of("cosine:W,2"))
    twice = "norm:h[4] / norm:h[1] / norm:h[2]"
    for wrong in (twice, "norm:h[1] / symbol:x[1]", "reach:h,1,4", "kept:h"):
        with pytest.raises(TeachrnnError):
            of(wrong)


def test_mistake_of_a_tour_is_shown_as_numbers_of_the_readers_own():
    (story,) = Guided.of("carry").stories
    first = next(step.title for step in story.steps if step.differing)
    assert first == "back through o[3] = Affine(h[3], V, c)"


def test_how_to_explains_every_field_of_a_phase_and_every_blank():
    page = (Path(__file__).parents[3] / "docs/how-to/write-a-tour.md").read_text("utf-8")
    for field in fields(TourPhase):
        assert f"`{field.name}`" in page, field.name
    for kind in KINDS:
        assert f"`{{{kind}:" in page, kind
