"""Read the gradients from return values, attributes, globals, or an update."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.errors import ShapeError
from teachrnn.submission import lexicon
from teachrnn.submission.graph import walk
from teachrnn.submission.own_work.held_back import are_held_back
from teachrnn.submission.plan import Step
from teachrnn.submission.run import RATE, ProgramRun
from teachrnn.submission.sequence_form import decode_state


@dataclass
class FoundGradients:
    """What was read.

    Attributes
    ----------
    ours : dict
        By our names, in our axes, in the student's unit.
    names : dict of str to str
        What the student calls the gradient of each of their parameters.
    states : dict of str to str
        What they call the gradients of the initial states, by our names.
    others : list of str
        Gradients that are returned, and are of nothing that is compared.
    problems : list of str
        A sentence for each that is missing or cannot be read, with the fix.
    dtype : dtype
        The coarsest that occurs.
    updated : bool
        Whether they were read from an update of the parameters.
    """

    ours: dict[str, Array] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    dtype: np.dtype[Any] = field(default_factory=lambda: np.dtype(np.float64))
    updated: bool = False
    taken: list[Array] = field(default_factory=list)
    """The arrays that were read."""


@dataclass(frozen=True)
class _Named:
    """A named array; ``inside`` says that its container holds gradients."""

    name: str
    value: Any
    inside: bool
    returned: bool


def read_gradients(run: ProgramRun, returned: Any, step: Step) -> FoundGradients:
    """The gradients of every parameter, and of the initial states.

    Parameters
    ----------
    run : ProgramRun
        After the backward pass.
    returned : object
        What that returned.
    step : Step
        Which call it was.
    """
    bag = [*_of_returned(returned, step.function.returns), *_of_places(run)]
    found = FoundGradients()
    passed = {id(p) for p in run.passed.values()}
    for name, form in run.arrangement.forms.items():
        candidate = _named(name, bag, form.parameters, run)
        if candidate is None:
            candidate = _beside(name, run)
        if candidate is None or id(candidate.value) in passed:
            continue
        _take(found, run, name, candidate)
    if run.packed:
        _of_vector(found, run, returned)
    if isinstance(returned, list | tuple) and len(found.names) < len(run.arrangement.forms):
        _by_order(found, run, returned)
    if not found.names:
        _of_update(found, run, returned, step)
    for name, form in run.arrangement.forms.items():
        if name not in found.names and form.parameters != ["E"]:
            found.problems.append(f"no gradient of `{name}` was found")
    _of_states(found, run, bag)
    found.ours.pop("E", None)
    for one in bag:
        of = lexicon.gradient_of(one.name.rsplit(".", 1)[-1])
        if one.returned and (of or one.inside) and not any(one.value is a for a in found.taken):
            found.others.append(one.name)
    return found


def _of_returned(returned: Any, returns: Sequence[Sequence[str]]) -> list[_Named]:
    bag: list[_Named] = []
    names: Sequence[str] = []
    if isinstance(returned, tuple | list):
        for some in sorted(returns, key=len, reverse=True):
            if len(some) == len(returned) and len(some) > 1:
                names = some
                break
    whole = next((some[0] for some in returns if len(some) == 1), "")
    if names:
        for name, value in zip(names, returned, strict=True):
            bag += _inside(name, value)
    else:
        bag += _inside(whole or "grads", returned, top=True)
    return bag


def _inside(name: str, value: Any, *, top: bool = False) -> list[_Named]:
    if isinstance(value, np.ndarray | np.generic):
        return [_Named(name, np.asarray(value), False, True)]
    bag = []
    gradients = lexicon.holds_gradients(name) or top
    for path, inner in walk(value):
        if isinstance(inner, np.ndarray) and path.steps:
            if path.steps[-1][0] == "index":
                continue
            bag.append(_Named(path.name, inner, gradients or _inside_gradients(path.name), True))
    return bag


def _inside_gradients(name: str) -> bool:
    return any(lexicon.holds_gradients(word) for word in name.split(".")[:-1])


def _of_places(run: ProgramRun) -> list[_Named]:
    """Arrays in the object, in the containers that were passed, and in the globals."""
    bag = []
    roots: list[Any] = [run.target, *(made for _, made in run.containers)]
    for root in roots:
        if root is None:
            continue
        for path, inner in walk(root):
            if isinstance(inner, np.ndarray) and path.steps and path.steps[-1][0] != "index":
                bag.append(_Named(path.name, inner, _inside_gradients(path.name), False))
    if run.plan.globals:
        for name, value in run.plan.namespace.items():
            if isinstance(value, np.ndarray) and lexicon.gradient_of(name):
                bag.append(_Named(name, value, False, False))
            elif isinstance(value, Mapping) and lexicon.holds_gradients(name):
                bag += [
                    _Named(f"{name}.{k}", v, True, False)
                    for k, v in value.items()
                    if isinstance(v, np.ndarray)
                ]
    return bag


def _named(name: str, bag: Sequence[_Named], parts: Sequence[str], run: ProgramRun) -> _Named | None:
    """The candidate whose name says that it is the gradient of that parameter."""
    leaf, owner = name.rsplit(".", 1)[-1], _owner(name)
    ranked: list[tuple[int, int, _Named]] = []
    for order, candidate in enumerate(bag):
        other = candidate.name.rsplit(".", 1)[-1]
        base = lexicon.gradient_of(candidate.name if candidate.name.endswith(".grad") else other)
        if base is not None and candidate.name.endswith(".grad"):
            base = base.rsplit(".", 1)[-1]
        apart = 0 if _owner(candidate.name) == owner else 3
        if owner and apart and not candidate.returned:
            continue
        if base is not None and base.lstrip("_") == leaf.lstrip("_"):
            ranked.append((apart, order, candidate))
        elif candidate.inside and other == leaf:
            ranked.append((apart + 1, order, candidate))
        elif base is not None and lexicon.core(base) == lexicon.core(leaf):
            ranked.append((apart + 2, order, candidate))
        elif (
            base is not None
            and len(parts) == 1
            and parts[0] in lexicon.ungated_kinds(base)
            and not any(_is(base, n) for n in run.arrangement.forms)
        ):
            ranked.append((apart + 6, order, candidate))
        elif candidate.returned and other == leaf and candidate.value is not run.passed.get(name):
            ranked.append((apart + 8, order, candidate))
    updates = any(fill.kind == "rate" for fill in run.plan.forward.fills.values())
    ranked = [r for r in ranked if r[0] % 10 < 8 or not updates]
    return min(ranked, key=lambda r: r[:2])[2] if ranked else None


def _is(base: str, name: str) -> bool:
    return base.lstrip("_") == name.rsplit(".", 1)[-1].lstrip("_")


def _owner(name: str) -> str:
    words = [
        w
        for w in name.split(".")[:-1]
        if not lexicon.holds_gradients(w) and w not in ("params", "parameters", "weights", "p", "grads")
    ]
    if name.endswith(".grad"):
        words = words[:-1]
    return ".".join(words)


def _beside(name: str, run: ProgramRun) -> _Named | None:
    """The gradient in a list beside a list of parameters: ``self.grads[i]`` of ``self.params[i]``."""
    array = run.passed.get(name)
    if array is None and name in run.places:
        array = run.places[name].get(run.root)
    if array is None or run.target is None:
        return None
    for path, value in walk(run.target):
        if not isinstance(value, list | tuple) or not path.steps or path.steps[-1][0] != "attribute":
            continue
        for i, inner in enumerate(value):
            if inner is array or (isinstance(inner, np.ndarray) and np.shares_memory(inner, array)):
                owner = type(path)(path.steps[:-1]).get(run.target)
                for other, list_of in vars(owner).items():
                    if lexicon.holds_gradients(other) and isinstance(list_of, list | tuple):
                        return _Named(f"{other}[{i}]", list_of[i], True, False)
    return None


def _take(found: FoundGradients, run: ProgramRun, name: str, candidate: _Named) -> None:
    form = run.arrangement.forms[name]
    array = np.asarray(candidate.value)
    found.taken.append(candidate.value)
    if array.dtype.kind not in "fiu":
        found.problems.append(f"`{candidate.name}` holds {array.dtype}, no real numbers")
        found.names[name] = candidate.name
        return
    try:
        ours = form.decode(np.array(array, dtype=float), run.case.parameters)
    except ShapeError as error:
        found.problems.append(f"`{candidate.name}`, the gradient of `{name}`, {error}")
        found.names[name] = candidate.name
        return
    found.names[name] = candidate.name
    if array.dtype.kind == "f" and array.dtype.itemsize < found.dtype.itemsize:
        found.dtype = array.dtype
    for parameter, gradient in ours.items():
        known = found.ours.get(parameter)
        if known is not None:  # a second bias
            gradient = _shown(run, parameter, known, gradient)
        found.ours[parameter] = gradient


def _shown(run: ProgramRun, parameter: str, first: Array, second: Array) -> Array:
    """Of two gradients of one parameter the one that is wrong, if one is.

    Where what is right is held back, that which was wrong when the code was recognised; else what
    cannot be right if they differ.
    """
    if are_held_back():
        which = run.arrangement.shown.get(parameter)
        return (first + second) / 2 if which is None else (first, second)[which]
    right = run.case.instance.gradients.get(parameter, first)
    off = np.abs(first - right).max(), np.abs(second - right).max()
    if off[0] != off[1]:
        run.arrangement.shown[parameter] = int(off[1] > off[0])
    return first if off[0] >= off[1] else second


def _of_vector(found: FoundGradients, run: ProgramRun, returned: Any) -> None:
    """Out of one flat vector, packed as the parameters are."""
    shapes = {name: run.passed[name].shape for name in run.packed}
    sizes = [int(np.prod(shape)) for shape in shapes.values()]
    for one in returned if isinstance(returned, tuple) else [returned]:
        if isinstance(one, np.ndarray) and one.size == sum(sizes):
            parts = np.split(one.ravel(), np.cumsum(sizes)[:-1])
            for (name, shape), part in zip(shapes.items(), parts, strict=True):
                _take(found, run, name, _Named("part of the vector", part.reshape(shape), True, True))


def _by_order(found: FoundGradients, run: ProgramRun, returned: Sequence[Any]) -> None:
    """Without names: the first arrays that have the parameters' shapes, in the parameters' order."""
    arrays = [a for a in returned if isinstance(a, np.ndarray)]
    count = len(run.arrangement.forms)
    whole = [one for one in returned if isinstance(one, list | tuple) and len(one) == count > 1]
    whole = [one for one in whole if all(isinstance(a, np.ndarray) for a in one)]
    if len(whole) == 1 and len(arrays) < count:  # loss, (dU, dW, ...), h
        _by_order(found, run, whole[0])
        return
    if len(arrays) == 0:
        for inner in returned:
            if isinstance(inner, list | tuple) and any(isinstance(a, np.ndarray) for a in inner):
                _by_order(found, run, inner)
                return
    names = sorted(run.arrangement.forms, key=lambda n: (n not in run.plan.names, _place(n, run)))
    left = list(enumerate(arrays))
    in_order = len(names) == len(arrays)
    if found.names:
        shapes = [run.case.shape(run.arrangement.forms[name]) for name in names]
        if not in_order or [a.shape for a in arrays] != shapes:
            return
    for i, name in enumerate(names):
        shape = run.case.shape(run.arrangement.forms[name])
        fitting = [pair for pair in left if pair[1].shape == shape]
        match = (i, arrays[i]) if in_order else fitting[0] if fitting else None
        if match is not None and name not in found.names:
            left = [pair for pair in left if pair[0] != match[0]]
            _take(found, run, name, _Named(f"[{match[0]}]", match[1], True, True))


def _place(name: str, run: ProgramRun) -> int:
    names = list(run.plan.names)
    return names.index(name) if name in names else len(names)


def _of_update(found: FoundGradients, run: ProgramRun, returned: Any, step: Step) -> None:
    """Without gradients: the decrease of the parameters, divided by the learning rate."""
    after = {n: p for n, p in run.passed.items() if not np.array_equal(p, run.before[n])}
    if run.root is not None:
        for name, path in run.places.items():
            if name in run.before and not np.array_equal(path.get(run.root), run.before[name]):
                after[name] = path.get(run.root)
    if not after:
        for one in _of_returned(returned, step.function.returns):
            leaf = one.name.rsplit(".", 1)[-1]
            if leaf in run.before and np.shape(one.value) == run.before[leaf].shape:
                after[leaf] = one.value
    for name in run.arrangement.forms if after else ():
        array = after.get(name, run.before.get(name))
        if array is not None:
            _take(found, run, name, _Named(name, (run.before[name] - array) / RATE, False, False))
            found.updated = True


def _of_states(found: FoundGradients, run: ProgramRun, bag: Sequence[_Named]) -> None:
    """Gradients of the initial states, if they are returned."""
    case = run.case
    for candidate in bag:
        base = lexicon.gradient_of(candidate.name.rsplit(".", 1)[-1])
        if base is None or not candidate.returned:
            continue
        for role in lexicon.roles(base) if _of_the_start(base, run) else ():
            if role in case.state and f"{role}[0]" not in found.ours and base[-1:] not in "st":
                array = decode_state(candidate.value, case.B, case.m, run.arrangement.state)
                if array is not None:
                    like = run.case.instance.state.get(role, array)
                    found.ours[f"{role}[0]"] = array.reshape(np.shape(like))
                    found.states[f"{role}[0]"] = candidate.name
                    found.taken.append(candidate.value)
                    break


def _of_the_start(base: str, run: ProgramRun) -> bool:
    """Whether a state of that name is the initial one, and not just any step's."""
    passed = {n for n, fill in run.plan.forward.fills.items() if fill.kind in ("h", "s", "hs")}
    return base in passed or bool(re.search("0|prev|init|first|start", base, re.I))
