"""What a function of a program calls, and what that calls in turn."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Collection, Iterator
from typing import Any

from teachrnn.submission.plan import HandedIn


def called_by(
    call: Any, program: HandedIn, *, leave: Collection[str] = (), kind: type | None = None
) -> Iterator[tuple[Any, str]]:
    """A function and the functions and classes of the program that it calls, once each, with their text.

    Parameters
    ----------
    call : callable
        The function.
    program : HandedIn
        Its functions and classes.
    leave : collection of str
        Names that are not followed.
    kind : type, optional
        The class whose method it is.

    Yields
    ------
    callable, str
        What is called, beginning with the function itself, and its source.

    Examples
    --------
    >>> def squared(x): return x * x
    >>> def norm(x): return squared(x).sum() ** 0.5
    >>> [call.__name__ for call, _ in called_by(norm, HandedIn.of([norm, squared]))]
    ['norm', 'squared']
    """
    waiting, seen = [call], set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        text = _text(one)
        if not text:
            continue
        yield one, text
        for name in set(re.findall(r"\b(?:self\.)?(\w+)\s*\(", text)) - set(leave):
            if kind is not None and inspect.isfunction(getattr(kind, name, None)):
                waiting.append(getattr(kind, name))
            elif name in program.functions:
                waiting.append(program.functions[name].call)
            elif name in program.classes:
                waiting.append(program.classes[name])


def _text(one: Any) -> str:
    """The source; of a class that of its methods, which can be found without its module."""
    if isinstance(one, type):
        return "\n".join(_text(method) for method in vars(one).values() if inspect.isfunction(method))
    try:
        return textwrap.dedent(inspect.getsource(one))
    except (OSError, TypeError):
        return ""
