"""The functions and classes of a program that do nothing but update parameters, or clip gradients."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from teachrnn.submission import lexicon
from teachrnn.submission.functions import Function
from teachrnn.submission.plan import HandedIn
from teachrnn.submission.training_steps.hyper_names import hyper_called
from teachrnn.submission.training_steps.step_code import StepCode, text_of

PARAMETERS, GRADIENTS, CONFIG, KEPT = "the parameters", "their gradients", "its settings", "what is kept"
_UPDATE = re.compile(r"update|step|apply|adam|adagrad|rmsprop|momentum|nesterov|sgd|descent|optim", re.I)
_CLIP = re.compile(r"clip|rescale_grad", re.I)
_GRADIENT = "dw dx g d grad dparam dtheta"
_CONFIG = "config cfg conf settings optconfig optimconfig"


@dataclass(frozen=True)
class UpdateCode:
    """An optimizer's function, or its class; or a function that clips.

    Attributes
    ----------
    code : StepCode
        Its function or method, with its text.
    kind : type or None
        The class whose method it is.
    gets : dict of str to str
        What each of its arguments gets.
    clips : bool
        Whether it clips only.
    """

    code: StepCode
    kind: type | None
    gets: dict[str, str]
    clips: bool = False

    @property
    def said(self) -> str:
        """Its name."""
        return self.kind.__name__ if self.kind is not None else self.code.function.name


def updates_in(program: HandedIn) -> Iterator[UpdateCode]:
    """The updates of a program, and its functions that clip.

    Parameters
    ----------
    program : HandedIn
        Its functions and classes.

    Yields
    ------
    UpdateCode
        What takes parameters and their gradients, or gradients and a limit.

    Examples
    --------
    >>> def adagrad(params, grads, memory, lr): ...
    >>> [(code.said, code.gets["memory"]) for code in updates_in(HandedIn.of(adagrad))]
    [('adagrad', 'what is kept')]
    """
    for name, function in program.functions.items():
        gets = _understood(function)
        text = "\f".join(text_of(function.call, program, set(), None))
        code = StepCode(function, False, text)
        if gets is None:
            continue
        if _UPDATE.search(name) and {PARAMETERS, GRADIENTS} <= set(gets.values()):
            yield UpdateCode(code, None, gets)
        elif _CLIP.search(name) and set(gets.values()) == {GRADIENTS, "limit"}:
            yield UpdateCode(code, None, gets, clips=True)
    for kind in program.classes.values():
        for name in ("update", "step", "apply", "update_params"):
            method = getattr(kind, name, None)
            if not inspect.isfunction(method):
                continue
            function = Function.of(method, owner=kind)
            gets = _understood(function)
            if gets is not None and {PARAMETERS, GRADIENTS} <= set(gets.values()):
                own = [m for _, m in inspect.getmembers(kind, inspect.isfunction)]
                text = "\f".join(piece for m in own for piece in text_of(m, program, set(), None))
                yield UpdateCode(StepCode(function, True, text), kind, gets)


def _understood(function: Function) -> dict[str, str] | None:
    """What each argument gets; None if one is nothing that an update takes."""
    found: dict[str, str] = {}
    for name, must in function.arguments.items():
        short = re.sub(r"[^a-z0-9]", "", name.lower())
        gradient = lexicon.holds_gradients(name) or short in _GRADIENT.split()
        hyper = hyper_called(name)
        if gradient and GRADIENTS not in found.values():
            found[name] = GRADIENTS
        elif short in _CONFIG.split():
            found[name] = CONFIG
        elif PARAMETERS not in found.values() and (
            "parameters" in lexicon.roles(name) or short in ("w", "x", "theta", "param", "p", "weights")
        ):
            found[name] = PARAMETERS
        elif hyper:
            found[name] = hyper
        elif {"x", "y"} & set(lexicon.roles(name)):
            return None
        elif must:
            found[name] = KEPT
    return found
