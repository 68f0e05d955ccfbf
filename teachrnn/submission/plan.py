"""How to call a student's program: which functions, on what object, with which arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, ClassVar

from teachrnn.part import Part
from teachrnn.registry import Registry
from teachrnn.submission.filling import Fill
from teachrnn.submission.functions import Function

FAMILIES = Registry["type[PlanFamily]"]("way to call a program")
"""Every way, by name: filled by defining subclasses of `PlanFamily`."""


@dataclass(frozen=True)
class Step:
    """One call.

    Attributes
    ----------
    function : Function
    fills : dict of str to Fill
        What its arguments get.
    method : str
        Its name, where it is one of the object's.
    through : callable, optional
        What makes, of this function, the one that is called: of one time step a sequence, say.
    """

    function: Function
    fills: Mapping[str, Fill]
    method: str = ""
    through: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None


@dataclass(frozen=True)
class Plan:
    """One way to call a program.

    Attributes
    ----------
    said : str
        In words, for the learner.
    forward : Step
    backwards : tuple of Step
        The backward pass, with its arguments understood in one way or another; none where one
        function does both.
    losses : tuple of Step
        Functions for the loss alone.
    make : Step or None
        What makes the object whose methods these are.
    namespace : dict
        Where functions read what nobody passes.
    globals : tuple of str
        What they read there: parameters, or what holds them.
    sizes : dict
        What they read there as K, m, T or B.
    names : tuple of str
        What is passed to functions and could be a parameter.
    required : frozenset of str
        Those that must be one.
    steps : bool
        Whether the functions do one time step, and the loop is ours.
    """

    said: str
    forward: Step
    backwards: tuple[Step, ...] = ()
    losses: tuple[Step, ...] = ()
    make: Step | None = None
    namespace: dict[str, Any] = field(default_factory=dict)
    globals: tuple[str, ...] = ()
    sizes: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    steps: bool = False


@dataclass
class HandedIn:
    """What was handed in: functions, classes, and which of them are named as forward and backward."""

    functions: dict[str, Function]
    classes: dict[str, type]
    namespace: dict[str, Any]
    name: str = ""
    chosen: dict[str, str] = field(default_factory=dict)

    @property
    def hint(self) -> str:
        """All names in it, where "lstm" or "gru" may occur."""
        return " ".join([self.name, *self.functions, *self.classes])

    @classmethod
    def of(
        cls, handed_in: Any, *, chosen: Mapping[str, str | Callable[..., Any] | None] | None = None
    ) -> HandedIn:
        """From a module, a class, an object, a function, or several."""
        given = list(handed_in) if isinstance(handed_in, list | tuple) else [handed_in]
        program = cls({}, {}, {})
        for one in given:
            if isinstance(one, ModuleType):
                program.namespace = one.__dict__
                program.name = one.__name__
                for name, value in list(one.__dict__.items()):
                    program._take(name, value, one)
            elif isinstance(one, Mapping):
                for name, value in one.items():
                    program._take(name, value, None)
            elif one is not None:
                program._take(getattr(one, "__name__", type(one).__name__), one, None)
        for role, value in (chosen or {}).items():
            if value is None:
                continue
            if callable(value):
                program._take(getattr(value, "__name__", role), value, None)
                program.chosen[role] = getattr(value, "__name__", role)
            else:
                program.chosen[role] = value
        return program

    def _take(self, name: str, value: Any, module: ModuleType | None) -> None:
        if isinstance(value, type):
            if module is None or value.__module__ == module.__name__:
                self.classes[name] = value
        elif callable(value) and hasattr(value, "__code__"):
            inside = module is None or value.__globals__ is module.__dict__
            if inside:
                if module is None and not self.namespace:
                    self.namespace = getattr(value, "__globals__", {})
                self.functions[name] = Function.of(value, getattr(value, "__globals__", {}))


class PlanFamily(Part, registry=FAMILIES):
    """Base of the ways to call a program: a subclass finds the plans of its kind in a program."""

    order: ClassVar[int] = 0
    """Those of small order are tried first."""

    @classmethod
    def plans(cls, program: HandedIn) -> Iterator[Plan]:
        """All plans of this kind, likeliest first."""
        raise NotImplementedError
