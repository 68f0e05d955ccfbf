"""Functions of a student's file that are called by their names, in this process or in another."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, Self

from teachrnn.array import Array
from teachrnn.errors import SubmissionError
from teachrnn.submission.isolated_process import SECONDS_TO_ANSWER, IsolatedProcess
from teachrnn.submission.limits import Paper, call
from teachrnn.submission.source import load
from teachrnn.submission.value_message import packed_value, unpacked_value

SECONDS = 4.0
"""Of the processor, for one call of a single function."""


class CalledByName(Protocol):
    """Functions that are called by their names."""

    def call(self, name: str, *arguments: Any) -> tuple[Any, list[Any]]:
        """What a function returns, and what has become of its arguments.

        Parameters
        ----------
        name : str
            Which function.
        *arguments
            What it is called with: numbers, text, arrays, lists and dicts of them. They are copied.

        Returns
        -------
        object, list
            What it returns, of the same kinds of values; and its copies of the arguments, in which it
            may have written.

        Raises
        ------
        SubmissionError
            Naming the function and what it did.
        """

    def close(self) -> None:
        """Free what is held."""


class FunctionsHere:
    """The functions of a file, in this process.

    Parameters
    ----------
    path : path
        The file; what it defines is run.

    Raises
    ------
    SubmissionError
        If it cannot be read.
    """

    def __init__(self, path: str | Path) -> None:
        self._module = load(path)

    def call(self, name: str, *arguments: Any) -> tuple[Any, list[Any]]:
        function = vars(self._module).get(name)
        if not callable(function):
            raise SubmissionError(self._missing(name))
        own = copy.deepcopy(list(arguments))
        return call(function, *own, paper=Paper(), seconds=SECONDS), own

    def close(self) -> None:
        """Nothing is held."""

    def _missing(self, name: str) -> str:
        defined = [
            n
            for n, thing in vars(self._module).items()
            if callable(thing) and getattr(thing, "__module__", None) in (self._module.__name__, None)
        ]
        failed = [said for said in self._module.left_out if "failed" in said or "stopped" in said]
        said = f"no function is called `{name}`; there are: {', '.join(defined) or 'none'}."
        return "\n".join([said, *failed])


class FunctionsApart:
    """The functions of a file, in a process of their own; see `IsolatedProcess` for its limits.

    Parameters
    ----------
    path : path
        The file.

    Raises
    ------
    SubmissionError
        If it cannot be read.
    """

    def __init__(self, path: str | Path) -> None:
        self._process = IsolatedProcess(path)
        self._process.recognise("functions", {})

    def call(self, name: str, *arguments: Any) -> tuple[Any, list[Any]]:
        arrays: dict[str, Array] = {}
        packed = packed_value(list(arguments), arrays)
        request = {"do": "call", "function": name, "arguments": packed}
        said, answered = self._process.ask(request, arrays, SECONDS_TO_ANSWER)
        returned, after = (unpacked_value(said.get(what), answered) for what in ("returned", "after"))
        if not isinstance(after, list) or len(after) != len(arguments):
            raise SubmissionError("an answer came back that cannot be read.")
        return returned, after

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def called_message(
    functions: FunctionsHere, said: Mapping[str, Any], arrays: Mapping[str, Array]
) -> tuple[dict[str, Any], dict[str, Array]]:
    """What a function returns, as a message: the other side of `FunctionsApart.call`."""
    returned, after = functions.call(said["function"], *unpacked_value(said["arguments"], arrays))
    found: dict[str, Array] = {}
    told = {"returned": packed_value(returned, found)}
    return {**told, "after": packed_value(after, found)}, found
