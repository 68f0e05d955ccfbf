"""What a class must define to be an operation, checked when the class is created.

Each error is a TypeError, as for any class that cannot be created, and says what to write instead.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from teachrnn.domain import Domain, Index
from teachrnn.fitting import Fitting
from teachrnn.formulas.tree import Formula
from teachrnn.formulas.words import written
from teachrnn.signature import Signature

if TYPE_CHECKING:
    from teachrnn.op import Op


def define(cls: type[Op], *, demands: bool) -> None:
    """Store on a class what its parts declare.

    Parameters
    ----------
    cls : type of Op
        The class that is being created.
    demands : bool
        Whether it has a ``requires`` of its own, or an ancestor has.

    Raises
    ------
    TypeError
        If a part is missing, takes other arguments than it is called with, or does not fit the others.
    """
    cls.inputs = _inputs(cls)
    cls.shape_rule = _shape_rule(cls)
    cls.definition = _formula(cls)
    cls.gradient_methods = _gradients(cls)
    cls.differentiable = tuple(
        [(i, name, d) for i, (name, d) in enumerate(cls.gradient_methods.items()) if d is not None]
    )
    cls.output = _output(cls)
    _check_rest(cls)
    cls.fitting = Fitting(
        cls.inputs,
        cls.shape_rule,
        shared=cls.shared,
        domain=cls.domain,
        requires=cls.requires if demands else None,
    )


def _inputs(cls: type[Op]) -> tuple[str, ...]:
    """Names of the inputs: what ``forward`` takes."""
    for part in ("signature", "forward", "formula"):
        if not hasattr(cls, part):
            raise TypeError(f"{cls.__name__} must define `{part}`; see help(teachrnn.Op).")
    if not isinstance(cls.signature, str):
        raise TypeError(
            f"{cls.__name__}.signature is {cls.signature!r} but must be text, such as '(d),(h,d)->(h)'."
        )
    takes = _takes(cls, "forward", cls.forward)
    if takes is None:
        raise TypeError(
            f"{cls.__name__}.forward takes {_shown(cls.forward)} but must take the inputs alone, each "
            "by its name and without a default, such as (x, W). A hyper-parameter is an input too: "
            "give it a pair of brackets, (), in the signature."
        )
    return takes


def _shape_rule(cls: type[Op]) -> Signature:
    rule = Signature.parse(cls.signature)
    if len(rule.inputs) != len(cls.inputs):
        raise TypeError(
            f"{cls.__name__}: signature {cls.signature} has {len(rule.inputs)} inputs, "
            f"forward has {len(cls.inputs)}: {', '.join(cls.inputs)}."
        )
    return rule


def _formula(cls: type[Op]) -> Formula:
    """The tree of the formula, which takes the module of mathematics, then the inputs."""
    takes = _takes(cls, "formula", cls.formula)
    if takes is None or takes[1:] != cls.inputs:
        raise TypeError(
            f"{cls.__name__}.formula takes {_shown(cls.formula)} but must take "
            f"({', '.join(('sp', *cls.inputs))}): the module of mathematics, then every input."
        )
    try:
        return written(cls.formula, list(cls.inputs))
    except Exception as error:  # whatever an author's function raises where it meets no numbers
        raise TypeError(f"{cls.__name__}.formula: {error}") from error


def _gradients(cls: type[Op]) -> dict[str, Callable[..., Any] | None]:
    """The gradient of each input, by the input's name."""
    missing = [f"d{name}" for name in cls.inputs if not hasattr(cls, f"d{name}")]
    if missing:
        raise TypeError(
            f"{cls.__name__} must define {', '.join(missing)} "
            "(or set it to None: the input has no gradient)."
        )
    return {name: getattr(cls, f"d{name}") for name in cls.inputs}


def _output(cls: type[Op]) -> str:
    """Name of the output, taken from the gradients: ``dy`` makes it ``y``."""
    output = ""
    for _, name, gradient in cls.differentiable:
        takes = _takes(cls, f"d{name}", gradient)
        first = takes[0] if takes else ""
        output = output or (first[1:] if first[:1] == "d" else "") or "y"
        if output in cls.inputs:
            raise TypeError(
                f"{cls.__name__}: `{output}` is an input, so the output needs another name, which its "
                f"gradients give it: d{name}(dL, {', '.join(cls.inputs)}, L), say."
            )
        needs = (f"d{output}", *cls.inputs, output)
        if takes != needs:
            raise TypeError(
                f"{cls.__name__}.d{name} takes {_shown(gradient)} but must take "
                f"({', '.join(needs)}): the gradient of the output, every input, the output."
            )
    return output or "y"


def _check_rest(cls: type[Op]) -> None:
    """``shared``, ``domain``, ``requires`` and ``fuses``."""
    if isinstance(cls.shared, str):
        raise TypeError(
            f"{cls.__name__}.shared is the text {cls.shared!r} but must be a tuple of names: "
            f"({cls.shared!r},)."
        )
    if not isinstance(cls.domain, Mapping):
        raise TypeError(f"{cls.__name__}.domain must be a dict, such as {{'y': Index('K')}}.")
    for kind, names in (("shared", cls.shared), ("domain", cls.domain)):
        unknown = sorted(set(names) - set(cls.inputs))
        if unknown:
            raise TypeError(f"{cls.__name__}.{kind} names {unknown}, not among {cls.inputs}.")
    letters = cls.shape_rule.letters()
    for name, domain in cls.domain.items():
        if not isinstance(domain, Domain):
            raise TypeError(
                f"{cls.__name__}.domain[{name!r}] is {domain!r} but must be Reals(...), Index(...) or "
                "Choice(...) of teachrnn.domain."
            )
        if isinstance(domain, Index) and domain.axis not in letters:
            raise TypeError(
                f"{cls.__name__}.domain[{name!r}] counts along axis {domain.axis!r}, which no input of "
                f"{cls.signature} has: {', '.join(letters) or 'there are only scalars'}."
            )
    parameters = inspect.signature(cls.requires).parameters.values()
    any_number = [p.kind for p in parameters] == [inspect.Parameter.VAR_POSITIONAL]
    if not any_number and tuple(p.name for p in parameters) != cls.inputs:
        raise TypeError(
            f"{cls.__name__}.requires must be a @classmethod that takes "
            f"(cls, {', '.join(cls.inputs)}), and returns what is wrong, as text, or None."
        )
    if not isinstance(cls.fuses, tuple) or not all(hasattr(op, "shape_rule") for op in cls.fuses):
        raise TypeError(f"{cls.__name__}.fuses must be a tuple of operations: (Softmax, CrossEntropy).")


def _takes(cls: type[Op], part: str, function: Any) -> tuple[str, ...] | None:
    """Names of the arguments; None where they are not plain arguments, one for each input."""
    if not callable(function):
        raise TypeError(f"{cls.__name__}.{part} is {function!r} but must be a function.")
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except ValueError:  # some built-in functions have no signature
        return None
    if parameters and parameters[0].name == "self":
        raise TypeError(
            f"{cls.__name__}.{part} takes `self`: write @staticmethod above it and leave `self` out. "
            "An operation is a function; it holds no state."
        )
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if not all(p.kind in plain and p.default is p.empty for p in parameters):
        return None
    return tuple([p.name for p in parameters])


def _shown(function: Callable[..., Any]) -> str:
    try:
        signature = inspect.signature(function)
    except ValueError:
        return "arguments that it does not tell"
    bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    return str(inspect.Signature(bare))
