"""A trace on disk is the trace, and a file that is not one is refused."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

from teachrnn import CharRNN, Op, backpropagate
from teachrnn.errors import FileFormatError
from teachrnn.trace_file import TRACE, load_trace, save_trace, trace_to_json


@pytest.fixture
def trace():
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=3, symbols=4, cell="lstm", layers=2, scale=0.5, rng=rng)
    return model.record(rng.integers(0, 4, (3, 2)), rng.integers(0, 4, (3, 2)))


def test_a_loaded_trace_is_identical_bit_for_bit_and_can_be_used(trace, tmp_path):
    again = load_trace(save_trace(trace, tmp_path / "t.npz"))
    assert again.summary() == trace.summary()
    for a, b in zip(trace, again, strict=True):
        assert a.data.dtype == b.data.dtype
        np.testing.assert_array_equal(a.data, b.data)
        assert not b.data.flags.writeable
    again.replay()
    ours, theirs = (backpropagate(t).gradients() for t in (trace, again))
    for name, d in ours.items():
        np.testing.assert_array_equal(d, theirs[name])


def test_json_has_every_number_and_null_for_unknown_gradients(trace):
    data = json.loads(trace_to_json(trace))
    by_name = {v["name"]: v for v in data["values"]}
    assert by_name["layer2.h[3]"]["data"] == trace["layer2.h[3]"].data.tolist()
    assert by_name["layer2.h[3]"]["grad"] is None
    backpropagate(trace)
    data = json.loads(trace_to_json(trace))
    by_name = {v["name"]: v for v in data["values"]}
    assert by_name["V"]["grad"] == trace["V"].grad.tolist()


def rewrite_header(path, **changes):
    with np.load(path) as file:
        arrays = dict(file)
    header = json.loads(bytes(arrays["header"])) | changes
    arrays["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(path, **arrays)


def test_files_that_are_not_traces_are_refused(trace, tmp_path):
    path = save_trace(trace, tmp_path / "t.npz")
    whole = path.read_bytes()
    cases = {
        "is missing": (None, "cannot read .*: No such file"),
        "is empty": (b"", "damaged, or is not a trace"),
        "is cut short": (whole[: len(whole) // 2], "damaged, or is not a trace"),
        "is text": (b"hello", "damaged, or is not a trace"),
        "is pickled": (b"\x80\x04\x95", "damaged, or is not a trace"),
    }
    for case, (content, words) in cases.items():
        other = tmp_path / case
        if content is not None:
            other.write_bytes(content)
        with pytest.raises(FileFormatError, match=words):
            load_trace(other)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as file:
        file.writestr("a", "b")
    with pytest.raises(FileFormatError, match="damaged"):
        load_trace(tmp_path / "other.zip")


def test_newer_format_other_format_and_unknown_operation_are_named(trace, tmp_path):
    path = save_trace(trace, tmp_path / "t.npz")
    rewrite_header(path, version=99)
    with pytest.raises(FileFormatError, match="written by a newer teachrnn"):
        load_trace(path)
    rewrite_header(path, version=1, format="something else")
    with pytest.raises(FileFormatError, match="is not a trace of teachrnn"):
        load_trace(path)
    save_trace(trace, path)

    class Swish(Op, register=False):
        signature = "(n)->(n)"
        formula = staticmethod(lambda sp, x: x)
        forward = staticmethod(lambda x: x + 0)
        dx = staticmethod(lambda dy, x, y: dy)

    Swish(trace["layer2.h[1]"], name="extra")
    save_trace(trace, path)
    with pytest.raises(FileFormatError, match="not defined here: no operation is named 'Swish'"):
        load_trace(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"losses": [1e3]}, r"losses\[0\] = 1000.0, but a whole number is needed"),
        ({"losses": [-1]}, "value -1 is used before it is there"),
        ({"losses": [500]}, "value 500 is used before it is there"),
        ({"values": [{"name": "U", "t": None}]}, r"values\[0\].role is missing"),
        ({"values": [{"name": "U", "t": None, "role": "king"}]}, r'role = "king", but "parameter" or'),
        (
            {"values": [{"name": "h", "t": 1, "role": "result", "op": "Tanh", "operands": [0]}]},
            "value 0 is used before it is there",
        ),
        (
            {"values": [{"name": "h", "t": 1, "role": "result", "op": "Tanh"}], "losses": []},
            "Tanh: got 0 inputs but needs 1",
        ),
        ({"note": 3}, "note = 3, but an object is needed"),
    ],
    ids=str,
)
def test_invalid_structure_is_named(trace, changes, words, tmp_path):
    path = save_trace(trace, tmp_path / "t.npz")
    header, arrays = TRACE.load(path)
    TRACE.save(path, header | changes, arrays)
    with pytest.raises(FileFormatError, match=f"is damaged.*{words}"):
        load_trace(path)


def test_flipped_bit_never_gives_another_trace(trace, tmp_path):
    path = save_trace(trace, tmp_path / "t.npz")
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(whole), 60):
        spoilt = bytearray(whole)
        spoilt[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(spoilt)
        try:
            again = load_trace(path)
        except FileFormatError:
            continue
        for a, b in zip(trace, again, strict=True):
            np.testing.assert_array_equal(a.data, b.data)


def test_failed_write_leaves_the_old_file(trace, tmp_path, monkeypatch):
    path = save_trace(trace, tmp_path / "t.npz")
    before = path.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(FileFormatError, match="No space left on device"):
        save_trace(trace, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
