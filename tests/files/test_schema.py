"""What was packed is unpacked unchanged, and anything else is refused."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from math import inf
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict

import numpy as np
import pytest

from teachrnn.array import Array
from teachrnn.data import Vocabulary
from teachrnn.errors import FileFormatError
from teachrnn.files import Archive, Parts, load_json, pack, save_json, unpack


class Point(NamedTuple):
    update: int
    loss: float


class Place(TypedDict):
    start: int
    end: NotRequired[int]


@dataclass
class Best:
    theta: Array
    loss: float = inf


@dataclass
class Whole:
    count: int
    share: float
    name: str
    way: Literal["sum", "mean"]
    points: list[Point]
    best: Best
    vectors: dict[str, Array]
    size: tuple[int, int] | None
    place: Place
    values: dict[str, int | float | bool | str]
    vocabulary: Vocabulary
    young: Any = None
    younger: list[int] = field(default_factory=list)
    youngest: Array = field(default_factory=lambda: np.zeros(3))


def whole():
    return Whole(
        count=3,
        share=0.5,
        name="π",
        way="sum",
        points=[Point(1, 2.5), Point(2, 2.0)],
        best=Best(np.arange(3.0)),
        vectors={"h": np.zeros(2), "layer2.s": np.ones(2)},
        size=(5, 1),
        place={"start": 7},
        values={"eta": 0.1, "hidden": 5, "fast": True, "cell": "lstm"},
        vocabulary=Vocabulary.of("abc"),
    )


def test_packing_and_unpacking_changes_nothing():
    plain, arrays = pack(whole())
    assert sorted(arrays) == ["best.theta", "vectors.h", "vectors.layer2.s", "youngest"]
    again = unpack(Whole, json.loads(json.dumps(plain, allow_nan=False)), arrays)
    assert json.dumps(pack(again)[0]) == json.dumps(plain)
    assert (again.best.loss, again.points[1].loss, again.size) == (inf, 2.0, (5, 1))
    assert (again.vocabulary, again.values) == (whole().vocabulary, whole().values)
    for name, array in pack(again)[1].items():
        np.testing.assert_array_equal(array, arrays[name])


def test_field_that_is_newer_than_the_file_has_its_default():
    plain, arrays = pack(whole())
    del plain["young"], plain["younger"], arrays["youngest"]
    again = unpack(Whole, plain, arrays)
    assert (again.younger, again.youngest.tolist()) == ([], [0, 0, 0])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"count": "abc"}, 'count = "abc", but a whole number is needed'),
        ({"count": 2.0}, "count = 2.0, but a whole number is needed"),
        ({"count": True}, "count = true, but a whole number is needed"),
        ({"share": None}, None),  # infinite
        ({"share": "1"}, 'share = "1", but a number is needed'),
        ({"share": 1}, None),
        ({"name": ["x" * 80]}, f'name = ["{"x" * 38} ..., but text is needed'),
        ({"way": "max"}, 'way = "max", but "sum" or "mean" is needed'),
        ({"points": {}}, "points = {}, but a list is needed"),
        ({"points": [[1, 2.0], [3]]}, "points[1] = [3], but a list of 2 is needed"),
        ({"points": [[1, "a"]]}, 'points[0][1] = "a", but a number is needed'),
        ({"best": []}, "best = [], but an object is needed"),
        ({"best": {"theta": 1}}, "best.theta is unknown"),
        ({"size": None}, None),
        ({"size": [1, None]}, "size[1] = null, but a whole number is needed"),
        ({"place": {}}, "place.start is missing"),
        ({"place": {"start": 1, "end": None}}, "place.end = null, but a whole number is needed"),
        ({"values": {"eta": None}}, "values.eta = null, but a whole number or a number or"),
        ({"vocabulary": 3}, "vocabulary = 3, but an object is needed"),
        ({"stranger": 1}, "stranger is unknown"),
    ],
    ids=str,
)
def test_part_of_another_type_is_named(changes, words):
    plain, arrays = pack(whole())
    if words is None:
        unpack(Whole, plain | changes, arrays)
    else:
        with pytest.raises(FileFormatError, match=re.escape(words)):
            unpack(Whole, plain | changes, arrays)


def test_array_that_is_missing_or_unknown_is_named():
    plain, arrays = pack(whole())
    with pytest.raises(FileFormatError, match=r"the array 'best\.theta' is missing"):
        unpack(Whole, plain, {n: a for n, a in arrays.items() if n != "best.theta"})
    with pytest.raises(FileFormatError, match="the array 'stranger' is unknown"):
        unpack(Whole, plain, arrays | {"stranger": np.zeros(1)})


def test_a_file_of_any_version_goes_through_the_upgrades_from_that_version_on(tmp_path):
    def second(old):
        return Parts(old.header | {"b": old.header["a"] + 1}, old.arrays)

    def third(old):
        return Parts(old.header | {"c": old.header["b"] + 1}, old.arrays)

    formats = [Archive("box", "", upgrades=(second, third)[:n]) for n in range(3)]
    old = formats[0].save(tmp_path / "1.npz", {"a": 1}, {})
    middle = formats[1].save(tmp_path / "2.npz", {"a": 1, "b": 5}, {})
    assert formats[2].load(old).header == {"a": 1, "b": 2, "c": 3}
    assert formats[2].load(middle).header == {"a": 1, "b": 5, "c": 6}
    assert formats[0].load(old).header == {"a": 1}
    with pytest.raises(FileFormatError, match=r"newer teachrnn \(format 2, this one reads up to 1\)"):
        formats[0].load(middle)


@pytest.mark.parametrize("damage", [b"", b"[", b"\xff", b"[" * 5000, b"3", b'[{"x": 1}]'])
def test_json_that_is_damaged_is_named_with_advice(damage, tmp_path):
    path = tmp_path / "best.json"
    path.write_bytes(damage)
    with pytest.raises(FileFormatError, match=r"best\.json is damaged \(.+\): delete it"):
        load_json(list[Point], path, advice="delete it.")


def test_any_text_survives_json(tmp_path):
    path = save_json(tmp_path / "text.json", ["\ud800é\n"])
    assert load_json(list[str], path, advice="") == ["\ud800é\n"]
