"""Which functions go forward and which backward, judged by names, arguments and return values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from teachrnn.submission import lexicon
from teachrnn.submission.functions import Function

_BACK = re.compile(r"back|bptt|bprop|grad|derivative|bwd", re.I)
_FORWARD = re.compile(
    r"forward|fprop|fwd|feed|loss|cost|predict|objective|evaluate|rnn|lstm|gru|run|model|network|net|call|unroll|f\b|nll|compute",
    re.I,
)
_STEP = re.compile(r"step|cell|unit|tick|single|one_time|timestep", re.I)
_NEITHER = re.compile(
    r"sampl|generat|clip|check|numer|init|softmax|sigmoid|one_?hot|load|plot|smooth|main|test|adagrad|"
    r"adam|sgd|rmsprop|momentum|encode|decode|read|save|print|perplex|accura|synth|write|split|batch_?gen|tanh|"
    r"get_batch|make_data|make_batch|rel_?err|unpack|pack|flatten|reset|zero_?grad|parameters|plus|minus|train(?!.*step)|fit",
    re.I,
)
_UPDATE = re.compile(r"train|update|optimi|step|learn|apply", re.I)


def is_step(name: str) -> bool:
    """Whether it does one time step."""
    return bool(_STEP.search(name)) and not re.search(r"train|sgd|update|optimi", name, re.I)


def looks_forward(name: str) -> bool:
    """Whether the name is one of a forward pass."""
    return bool(_FORWARD.search(name)) and not _NEITHER.search(name)


def returns_gradients(function: Function) -> bool:
    """Whether its return values are named like gradients of parameters."""
    names = [n for n in function.returned if n]
    own = [
        n
        for n in names
        if (base := lexicon.gradient_of(n)) and (lexicon.ungated_kinds(base) or base[:1] in "WUVbw")
    ]
    return bool(own) or any(lexicon.holds_gradients(n) for n in names)


def forwards(functions: Mapping[str, Function]) -> list[Function]:
    """Possible forward passes, likeliest first."""
    found = [
        f
        for name, f in functions.items()
        if not _BACK.search(name) and not _NEITHER.search(name) and not is_update(name)
    ]
    likely = [f for f in found if _FORWARD.search(f.name)]
    return sorted(
        likely,
        key=lambda f: (
            not re.search(r"forward|fprop|fwd", f.name, re.I),
            bool(re.search("loss|cost", f.name, re.I)),
        ),
    ) + [f for f in found if f not in likely]


def backwards(functions: Mapping[str, Function]) -> list[Function]:
    """Possible backward passes, likeliest first."""
    found = [f for name, f in functions.items() if _BACK.search(name) and not _neither_back(name)]
    return sorted(found, key=lambda f: not re.search(r"backward|bptt|bprop|back_?prop", f.name, re.I))


def wholes(functions: Mapping[str, Function]) -> list[Function]:
    """Functions that do both: they take inputs and targets and return gradients."""
    found = []
    for name, f in functions.items():
        takes = {role for a in f.arguments for role in lexicon.roles(a)}
        if _NEITHER.search(name) and not re.search(r"grad|loss|train_?step", name, re.I):
            continue
        if re.search(r"check|numer|clip|sampl", name, re.I) or "y" not in takes:
            continue
        slots = [a for a in f.arguments if lexicon.ungated_kinds(a)]
        if returns_gradients(f) or _BACK.search(name) or is_update(name) or len(slots) > 1:
            found.append(f)
    return sorted(
        found, key=lambda f: (is_update(f.name), not returns_gradients(f), not _BACK.search(f.name))
    )


def losses(functions: Mapping[str, Function]) -> list[Function]:
    """Functions that compute only the loss."""
    found = [
        f
        for name, f in functions.items()
        if re.search(r"loss|cost|cross_?entropy|nll|xent|objective", name, re.I)
        and not re.search(r"back|grad|smooth|plot|check|deriv|^d_|_d$", name, re.I)
    ]
    return sorted(found, key=lambda f: bool(re.search("total|mean|average", f.name, re.I)))


def is_update(name: str) -> bool:
    """Whether it moves parameters, or does a whole training step."""
    return bool(_UPDATE.search(name)) and not is_step(name)


def _neither_back(name: str) -> bool:
    return bool(
        re.search(
            r"check|numer|clip|adagrad|zero|plot|softmax|sigmoid|tanh|update|apply|relu|grads?_?norm|cross|init",
            name,
            re.I,
        )
    )
