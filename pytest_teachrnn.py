"""``pytest --rnn-file my_rnn.py``: check a user's backward pass against its laws, one test for each law.

Every run of pytest where teachrnn is installed loads this module. So it is outside the package,
whose import loads NumPy, and imports nothing but pytest until the option is given.
"""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("teachrnn", "teachrnn: check your own backward pass against its laws")
    group.addoption(
        "--rnn-file",
        action="append",
        default=[],
        metavar="FILE",
        help="A Python file or notebook with a forward and backward pass; may be repeated. It is run in "
        "a separate process, its functions are found by name, and each law is a test: FILE::dW.",
    )
    group.addoption("--rnn-cell", metavar="CELL", help="Which cell it is. [default: recognised]")
    group.addoption(
        "--rnn-layout",
        metavar="LAYOUT",
        help="Its layout, such as cs231n. [default: recognised]",
    )
    for role in ("forward", "backward", "loss"):
        group.addoption(
            f"--rnn-{role}", metavar="NAME", help=f"Name of its {role} function. [default: recognised]"
        )
    group.addoption(
        "--rnn-examples",
        type=int,
        default=40,
        metavar="N",
        help="Number of cases on which each law is tried. [default: 40]",
    )
    group.addoption(
        "--rnn-hints",
        type=int,
        choices=range(1, 6),
        default=5,
        metavar="N",
        help="How much a failure says: 1 or 2: which law; 3: also the smallest case; 4 or 5: also where "
        "to look.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect the files, and other tests only if they are named too."""
    files = _files(config)
    if not files:
        return
    for file in files:
        if not file.is_file():
            raise pytest.UsageError(f"--rnn-file: there is no file {file}.")
    named = config.args if config.args_source is pytest.Config.ArgsSource.ARGS else []
    there = [_absolute(config, arg.partition("::")[0]) for arg in named]  # of FILE::dW, FILE
    config.args = [*named, *(str(file) for file in files if file not in there)]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a notebook, which pytest would otherwise ignore."""
    return _collector(file_path, parent) if file_path.suffix != ".py" else None


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a Python file as code to check, not as a module of tests."""
    return _collector(module_path, parent)


def _collector(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if path not in _files(parent.config):
        return None
    from teachrnn.testing.rnn_file import RnnFile

    return RnnFile.from_parent(parent, path=path)


def _files(config: pytest.Config) -> list[Path]:
    return [_absolute(config, file) for file in config.getoption("--rnn-file")]


def _absolute(config: pytest.Config, file: str) -> Path:
    return (config.invocation_params.dir / file).absolute()
