"""``pytest --rnn-file`` checks a student's file against its laws, and slows no other run of pytest."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import my_rnn
import pytest

import pytest_teachrnn

pytest_plugins = ["pytester"]

ROOT = Path(pytest_teachrnn.__file__).parent
MY_RNN = Path(my_rnn.__file__).read_text("utf-8")
WRONG = MY_RNN.replace("dh_next = W.T @ da", "dh_next = W @ da")


@pytest.fixture
def run(pytester):
    """Run pytest with the plugin, as in a course: on a student's file, beside other tests."""
    pytester.makepyfile(test_other="def test_other(): pass")

    def run(code, *options, file="my_rnn.py"):
        pytester.path.joinpath("my_rnn.py").write_text(code)
        given = ["-p", "pytest_teachrnn", "-p", "no:xdist", "-p", "no:cacheprovider"]
        return pytester.runpytest_inprocess(*given, f"--rnn-file={file}", "--rnn-examples=8", *options)

    return run


def test_each_law_is_a_test_and_the_file_alone_is_collected(run):
    result = run(MY_RNN, "-v")
    result.assert_outcomes(passed=11)
    for law in ("runs", "same twice", "values", "loss", "dU", "dW", "dh[[]0]"):
        result.stdout.fnmatch_lines(f"my_rnn.py::{law} PASSED*")


def test_a_broken_law_is_reported_without_a_traceback(run):
    result = run(WRONG, "-k", "dW or dV")
    result.assert_outcomes(passed=1, failed=1, deselected=9)
    result.stdout.fnmatch_lines(
        [
            "dW: dW[[]*[]] should be *, but is *.",
            "The smallest case that fails is T = 2, m = 2, K = 2, one sequence (vanilla):",
            "*at T = 1: look at what you carry*",
            "*at m = 1: look for a transpose*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*rnn_file.py*")


def test_one_law_and_other_tests_may_be_named_and_hints_may_be_limited(run):
    twice = MY_RNN.replace("db += da", "db += 2 * da")
    result = run(twice, "--rnn-hints=2", "my_rnn.py::db", "test_other.py")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines("The law 'db' does not hold.")
    result.stdout.no_fnmatch_line("*should be*")


def test_a_file_that_cannot_be_read_says_what_to_do(run):
    result = run("x = 1")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["no forward and backward pass was found*", "*--rnn-forward*"])


def test_a_missing_file_is_a_usage_error(run):
    result = run(MY_RNN, file="their_rnn.py")
    assert result.ret is pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("*--rnn-file: there is no file *their_rnn.py.")


def test_the_plugin_loads_nothing_heavy_unless_its_option_is_given():
    heavy = "{'numpy', 'teachrnn', 'hypothesis'}"
    loaded = f"import sys, pytest_teachrnn; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_pytest_finds_the_plugin_where_teachrnn_is_installed(tmp_path):
    """Installed from this pyproject.toml; the version installed here may be older."""
    points = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    lines = [f"[{group}]\n{name} = {to}\n" for group, ps in points.items() for name, to in ps.items()]
    installed = tmp_path / "installed" / "teachrnn_as_installed-0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: teachrnn-as-installed\nVersion: 0\n"
    )
    (installed / "entry_points.txt").write_text("".join(lines))
    path = os.pathsep.join([str(ROOT), str(installed.parent)])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "--rnn-file=FILE" in done.stdout, done.stderr
