"""A file with a user's backward pass, collected by pytest: one test for each law."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from teachrnn.errors import TeachrnnError
from teachrnn.submission import IsolatedSubmission
from teachrnn.testing.backward_suite import search
from teachrnn.testing.counterexample import Search

NAMING = "With pytest, the options are --rnn-forward, --rnn-backward, --rnn-loss and --rnn-cell."


class BrokenLawError(Exception):
    """A law does not hold; only the message is shown."""


class RnnFile(pytest.File):
    """A file whose functions are recognised, in a separate process, when it is collected.

    Examples
    --------
    The pytest plugin makes one for ``pytest --rnn-file my_rnn.py``.
    """

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each law of the cell in the file."""
        given = {
            name: self.config.getoption(f"--rnn-{name}")
            for name in ("cell", "layout", "forward", "backward", "loss")
        }
        try:
            submission = IsolatedSubmission(self.path, **given)
        except TeachrnnError as error:
            raise self.CollectError(f"{error}\n{NAMING}") from None
        self.config.add_cleanup(submission.close)
        held = search(submission, examples=self.config.getoption("--rnn-examples"))
        for law in held.judge.laws:
            yield RnnLaw.from_parent(self, name=law, held=held)


class RnnLaw(pytest.Item):
    """One law; its name says which part of the code breaks it."""

    def __init__(self, *, held: Search, **given: Any) -> None:
        super().__init__(**given)
        self.held = held

    def runtest(self) -> None:
        """Search for a case in which it does not hold."""
        found = self.held.counterexample(self.name)
        if found is not None:
            raise BrokenLawError(found.hints(self.config.getoption("--rnn-hints")))
        if self.held.judge.open(self.name):
            pytest.skip(self.held.judge.open(self.name))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], *more: Any, **style: Any
    ) -> Any:
        """What is broken, without a traceback through code that is not the user's."""
        if isinstance(excinfo.value, BrokenLawError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *more, **style)

    def reportinfo(self) -> tuple[Any, None, str]:
        """The location that pytest's report shows."""
        return self.path, None, self.name
