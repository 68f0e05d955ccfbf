"""What to pass for each argument of a student's function: all sensible choices, likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from teachrnn.submission import lexicon
from teachrnn.submission.functions import Function

MOST_CHOICES = 24
SIZES = ("K", "m", "T", "B")
WHOLE = "all of it"


@dataclass(frozen=True)
class Fill:
    """What is passed for an argument.

    Attributes
    ----------
    kind : str
        "x", "y", "h", "s", "hs" (both states), a size ("K", "m", "T", "B"), "rate", "slot" (a
        parameter), "container" (all of them), "upstream", "upstream_s", "bound" (what the forward pass
        returned under ``name``), "cache" (what else it returned), "state values", "probabilities".
    name : str
        Of what was returned, for "bound"; of a cache, `WHOLE` for all that was returned.
    keys : tuple of str
        For a container: what is in it.
    how : str
        For a container: "key", "attribute", "item" (unpacked in order), "vector" or "unknown".
    """

    kind: str
    name: str = ""
    keys: tuple[str, ...] = field(default=())
    how: str = ""


Fills = Mapping[str, Fill]
_PARAMETER = re.compile(
    r"^(?:[WUVRwuv][A-Za-z0-9_]{0,6}|[bc](?:[_A-Z0-9]\w{0,4}|[a-z]?)|b[a-z]{2,3}|weights?_\w+|bias(?:es)?_?\w*)$"
)
_PROBABILITIES = (
    "p ps probs prob yhat yhats ypred ypreds preds predictions yhatseq softmaxout yp pred ahat output "
    "outs out probabilities pt"
)
_STATES = "hs hiddens hiddenstates states hlist hseq h allh hh hiddenseq a as ahs hids hstates s"


def looks_like_a_parameter(name: str) -> bool:
    """Whether the name alone suggests a parameter."""
    return bool(_PARAMETER.match(name)) or (bool(lexicon.ungated_kinds(name)) and len(name) < 20)


def is_cache(name: str) -> bool:
    """Whether the name suggests the forward pass's cache."""
    return bool(re.search(r"cache|mem|tape|ctx|context|store|saved|fwd|forward|history", name, re.I))


def fillings(
    function: Function, *, returned: Sequence[str] | None = None, before: Fills | None = None
) -> Iterator[dict[str, Fill]]:
    """Choices for all arguments together.

    Parameters
    ----------
    function : Function
        Of the student.
    returned : sequence of str, optional
        For a backward function: the names of what the forward one returned.
    before : dict, optional
        For a backward function: what the forward one's arguments got; the same name gets the same.
    """
    options = {
        name: _options(name, function, must, returned) for name, must in function.arguments.items()
    }
    for name, fill in (before or {}).items():
        if name in options and name not in (returned or ()):
            options[name] = [fill, *(o for o in options[name] if o not in (fill, None))]
    found = 0
    for choice in islice(product(*options.values()), 400):
        fills = {n: f for n, f in zip(options, choice, strict=True) if f is not None}
        kinds = [f.kind for f in fills.values() if f.kind not in ("slot", "bound", "K", "cache", *SIZES)]
        if len(set(kinds)) < len(kinds):
            continue
        found += 1
        yield fills
        if found == MOST_CHOICES:
            return


def _options(
    name: str, function: Function, must: bool, returned: Sequence[str] | None
) -> list[Fill | None]:
    options: list[Fill | None] = []
    if returned is not None:
        options += _of_backward(name, function, returned)
    options += _of_parameters(name, function)
    roles = lexicon.roles(name)
    if len(name) == 1 and name.isupper():  # H is a size before it is a state
        roles.sort(key=lambda role: role not in SIZES)
    options += [Fill(role) for role in roles if role != "parameters"]
    if returned is not None and must:
        options.append(Fill("cache"))
    if not options and must:
        options.append(Fill("slot"))
    if not must:
        known = [o for o in options if o is not None and o.kind not in ("T", "rate", "slot")]
        certain = [o for o in options if o is not None and o.kind == "slot"]
        rate = [Fill("rate")] if "rate" in roles else []
        options = [*certain, *known[:2], *rate, None] if (known or rate or certain) else [None]
    unique: list[Fill | None] = []
    for option in options:
        if option not in unique:
            unique.append(option)
    return unique


def _of_backward(name: str, function: Function, returned: Sequence[str]) -> list[Fill | None]:
    if name in returned:
        return [Fill("bound", name)]
    short = re.sub(r"[^a-z0-9]", "", name.lower())
    alike = [
        n
        for n in returned
        if n and re.sub(r"[^a-z0-9]", "", n.lower()) in (short, short + "s", short[:-1])
    ]
    options: list[Fill | None] = [Fill("bound", alike[0])] if alike and len(short) > 1 else []
    if is_cache(name):
        unpacked = len(function.reads.get(name, ())) if not any(map(is_cache, returned)) else 0
        whole = function.kinds_of_reading.get(name) == "item" and unpacked == len(returned) > 1
        options.append(Fill("cache", WHOLE) if whole else Fill("cache"))  # cache = forward(...)
    if short in _PROBABILITIES.split():
        options.append(Fill("probabilities"))
    if short in _STATES.split():
        options.append(Fill("state values"))
    if short.startswith("d") and "upstream" not in lexicon.roles(name) and len(short) < 12:
        options.append(Fill("upstream"))
    return options


def _of_parameters(name: str, function: Function) -> list[Fill | None]:
    """As one parameter, or as a container of parameters if something is read from it."""
    options: list[Fill | None] = []
    reads = list(function.reads.get(name, []))
    how = function.kinds_of_reading.get(name, "")
    if "parameters" in lexicon.roles(name):
        for other, keys in function.reads.items():
            same = other == name or other in reads  # W.T is read of one of the parameters, W
            if not same and "parameters" in lexicon.roles(other) and how != "vector":
                reads = [*reads, *(key for key in keys if key not in reads)]
                how = how or function.kinds_of_reading[other]
    keys = [k for k in dict.fromkeys(reads) if looks_like_a_parameter(k)]
    sizes = [k for k in reads if k not in keys and any(r in SIZES for r in lexicon.roles(k))]
    if len([k for k in keys if k not in ("T", "shape")]) >= 2:
        states = [k for k in reads if k not in (*keys, *sizes) and "h" in lexicon.roles(k)]
        named = (*(k for k in keys if k != "T"), *sizes, *states)
        options.append(Fill("container", keys=named, how=how))
        if how == "vector":  # a function may unpack a list, too
            options.append(Fill("container", keys=named, how="item"))
    elif "parameters" in lexicon.roles(name) and len(name) > 1:
        options.append(Fill("container", how="unknown"))
    if looks_like_a_parameter(name) and not options:
        options.append(Fill("slot"))
    return options
