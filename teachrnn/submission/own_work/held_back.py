"""Derivatives of teachrnn and other libraries, held back in the process of a student's code.

Once a file has been read, nothing in its process needs a derivative any more: the right gradients are
computed in another process, and compared there. So the code of every function that differentiates is
replaced by one that refuses. It is replaced inside the function object: whoever kept the function, under
whatever name, has what refuses. Work is then judged by what it does by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from types import CodeType, FunctionType, ModuleType
from typing import Any

OWN = (
    "teachrnn.backprop",
    "teachrnn.gradients",
    "teachrnn.triangle",
    "teachrnn.state_jacobian",
    "teachrnn.reference",
    "teachrnn.diagnosis",
    "teachrnn.checking",
    "teachrnn.testing",
    "teachrnn.optimizers",
    "teachrnn.sampling",
    "teachrnn.training",
    "teachrnn.exercises",
)
"""Modules that differentiate, update or draw, or call what does; those inside them, too."""

KEPT = (
    "teachrnn.diagnosis.answer",
    "teachrnn.diagnosis.formula_value",
    "teachrnn.diagnosis.instance",
    "teachrnn.diagnosis.operations.operation_case",
    "teachrnn.diagnosis.updates.training_answer",
)
"""What carries a case into the process, and an answer out of it."""

CARRIERS = ("OperationAnswer",)
"""The same, of single classes."""

OF_AN_INSTANCE = ("tape", "right", "gradients", "units", "reading")
"""What an `Instance` computes and no student's process may."""

BACKWARD = ("teachrnn.cells.fused", "teachrnn.models")
"""Modules whose functions called ``backward`` or ``gradient`` are held back, and no others."""

OF_OTHERS = {
    "torch.autograd": ("backward", "grad"),
    "torch.autograd.graph": ("_engine_run_backward",),
    "torch.autograd.forward_ad": ("make_dual", "enter_dual_level"),
    "jax._src.api": ("grad", "value_and_grad", "vjp", "jvp", "linearize", "jacrev", "jacfwd"),
    "autograd.core": ("make_vjp", "make_jvp", "backward_pass"),
    "tensorflow.python.eager.backprop": ("_backward_function_wrapper", "implicit_val_and_grad"),
    "tensorflow.python.eager.imperative_grad": ("imperative_grad",),
}
"""Functions of libraries that differentiate, by their module."""

LIBRARIES = tuple({name.partition(".")[0] for name in OF_OTHERS})

TAKES = "takes a derivative from "
"""What is told begins with it."""

WORDS = "{name} is held back here: the derivative must come from your own code."


class HeldBackError(Exception):
    """Raised in a student's code where it asks a library for a derivative."""


def hold_back(tell: Callable[[str], None]) -> None:
    """Let every function that differentiates refuse, as long as this process lives.

    Parameters
    ----------
    tell : callable
        Gets the name of a function when it is called all the same.

    Examples
    --------
    >>> hold_back(print)      # doctest: +SKIP
    """
    names: dict[str, None] = {}
    for name, function in _differentiate():
        if function.__code__.co_name != _REFUSES:
            names[name] = None
            _refuse(function, name)

    def refused(name: str) -> HeldBackError:
        tell(f"{TAKES}{name}")
        return HeldBackError(WORDS.format(name=name))

    def importing(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "import" and (_inside(arguments[0], OWN) or _inside(arguments[0], LIBRARIES)):
            raise refused(arguments[0])

    _refusing.append(refused)
    sys.addaudithook(importing)  # what is not loaded yet would come as it is


_refusing: list[Callable[[str], HeldBackError]] = []
_REFUSES = "held_back_here"


def are_held_back() -> bool:
    """Whether derivatives are held back in this process."""
    return bool(_refusing)


def refusal(name: str) -> HeldBackError:
    """The error of a function that is called although it is held back."""
    return _refusing[-1](name)


def _refuse(function: FunctionType, name: str) -> None:
    code = (
        f"def {_REFUSES}(*_, **__):\n    from {__name__} import refusal\n    raise refusal({name!r})\n"
    )
    made = compile(code, __file__, "exec").co_consts[0]
    assert isinstance(made, CodeType)
    function.__code__ = made.replace(co_freevars=function.__code__.co_freevars)


def _differentiate() -> Iterator[tuple[str, FunctionType]]:
    """What differentiates, of all that is loaded, with what it is called."""
    from teachrnn.diagnosis.instance import Instance
    from teachrnn.op import OPS

    for op in OPS.values():
        if op.__module__.startswith("teachrnn."):  # a student's own operation is the student's work
            for d in filter(None, op.gradient_methods.values()):
                assert isinstance(d, FunctionType)
                yield f"teachrnn's {d.__qualname__}", d
    for name, member in vars(Instance).items():
        if name in OF_AN_INSTANCE:
            for function in _functions(member):
                yield f"teachrnn's {function.__qualname__}", function
    for name, module in [(n, m) for n, m in sys.modules.items() if m]:
        if _inside(name, OWN) and not _inside(name, KEPT):
            yield from _of_module(module)
        elif _inside(name, BACKWARD):
            for said, function in _of_module(module):
                if function.__name__ in ("backward", "gradient"):
                    yield said, function
        for called in OF_OTHERS.get(name, ()):
            for function in _functions(getattr(module, called, None)):
                yield f"{name}.{called}", function


def _inside(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def _of_module(module: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    """The functions that a module defines, and those of its classes."""
    for thing in list(vars(module).values()):
        if getattr(thing, "__module__", None) != module.__name__:
            continue
        if getattr(thing, "__name__", None) in CARRIERS:
            continue
        members = vars(thing).values() if isinstance(thing, type) else (thing,)
        for member in list(members):
            for function in _functions(member):
                if function.__globals__ is vars(module):  # and not inherited, as an Enum's __new__
                    yield f"teachrnn's {function.__qualname__}", function


def _functions(member: Any) -> Iterator[FunctionType]:
    """The functions inside a function, method or property; wrappers, too."""
    if isinstance(member, staticmethod | classmethod):
        member = member.__func__
    if isinstance(member, cached_property):
        member = member.func
    if isinstance(member, property):
        for part in (member.fget, member.fset):
            yield from _functions(part)
    if isinstance(member, FunctionType):
        yield member
        yield from _functions(getattr(member, "__wrapped__", None))
