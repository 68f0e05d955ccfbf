"""The operations in a student's program: a function each way, a class, a derivative alone."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from teachrnn.op import OPS, Op
from teachrnn.submission import lexicon
from teachrnn.submission.functions import Function
from teachrnn.submission.operations.operation_names import goes_back, operations_called, stem
from teachrnn.submission.plan import HandedIn


@dataclass(frozen=True)
class OperationCode:
    """One operation, as it stands in the program.

    Attributes
    ----------
    said : str
        In words: "tanh_forward and tanh_backward".
    forward, backward : Function or None
        The two; one alone where one function does both, or goes back only.
    kind : type or None
        The class whose methods they are.
    context : type or None
        Of what is handed in as ``ctx``.
    operations : tuple of type of Op
        What it may be, by its name; if the name says nothing, every one.
    named : bool
        Whether the name says something.
    """

    said: str
    forward: Function | None
    backward: Function | None
    kind: type | None = None
    context: type | None = None
    operations: tuple[type[Op], ...] = ()
    named: bool = True


def operations_in(program: HandedIn) -> list[OperationCode]:
    """The operations of a program, in its order.

    Parameters
    ----------
    program : HandedIn
        Its functions and classes.

    Returns
    -------
    list of OperationCode
        Whatever may be one by its name, or goes back beside a function of the same name.

    Examples
    --------
    >>> def tanh_backward(dout, y):
    ...     return dout * (1 - y * y)
    >>> [code.said for code in operations_in(HandedIn.of(tanh_backward))]
    ['tanh_backward']
    """
    return [*_classes(program), *_functions(program)]


def _functions(program: HandedIn) -> Iterator[OperationCode]:
    functions = program.functions
    chosen = {role: functions.get(name) for role, name in program.chosen.items()}
    if chosen.get("backward"):
        back, ahead = [chosen["backward"]], [chosen.get("forward")]
    else:
        back = [f for n, f in functions.items() if goes_back(n)]
        ahead = [f for n, f in functions.items() if not goes_back(n)]
    used = set()
    for backward in filter(None, back):
        forward = _forward_of(backward, [f for f in ahead if f is not None])
        names = [n for n in (backward.name, forward.name if forward else "") if n]
        known = tuple(dict.fromkeys(kind for n in names for kind in operations_called(n)))
        if not known and forward is None:
            continue
        used.add(forward.name if forward else "")
        said = f"{forward.name} and {backward.name}" if forward else backward.name
        every = known or tuple(OPS.values())
        yield OperationCode(said, forward, backward, operations=every, named=bool(known))
    for function in filter(None, ahead):
        known = operations_called(function.name)
        if known and function.name not in used and _returns_gradient(function):
            yield OperationCode(function.name, function, None, operations=known)


def _forward_of(backward: Function, ahead: list[Function]) -> Function | None:
    """The function whose gradient it is: of the same name, but for what says so."""
    own = stem(backward.name)
    same = [f for f in ahead if stem(f.name) == own]
    if not same and len(ahead) == 1 and backward.name not in ("backward", "grad"):
        known = set(operations_called(backward.name))
        same = [f for f in ahead if known & set(operations_called(f.name))]
    return same[0] if same else None


def _returns_gradient(function: Function) -> bool:
    gradients = [lexicon.gradient_of(n) for n in function.returned if n]
    return any(g in function.arguments for g in gradients if g)


def _classes(program: HandedIn) -> Iterator[OperationCode]:
    context = next(
        (
            k
            for k in program.classes.values()
            if hasattr(k, "save_for_backward") and "forward" not in vars(k)
        ),
        None,
    )
    for name, kind in program.classes.items():
        methods = dict(inspect.getmembers(kind, inspect.isfunction))
        forward = next(
            (m for n, m in methods.items() if n in ("forward", "__call__", "fprop", "fwd")), None
        )
        backward = next(
            (m for n, m in methods.items() if n in ("backward", "bprop", "back", "grad")), None
        )
        known = operations_called(name)
        if forward is None or backward is None or not known:
            continue
        static = all(isinstance(inspect.getattr_static(kind, m.__name__), staticmethod | classmethod)
                     for m in (forward, backward))  # fmt: skip
        first = next(iter(inspect.signature(forward).parameters), "")
        with_context = static or first in ("ctx", "context")
        yield OperationCode(
            name,
            Function.of(forward, owner=None if with_context else kind),
            Function.of(backward, owner=None if with_context else kind),
            kind,
            context if with_context else None,
            known,
        )
