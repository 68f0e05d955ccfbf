"""What ``--compare`` names: another network, the same one on another text, or one with a mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from teachrnn.cells import CELLS
from teachrnn.data import Vocabulary, check_text
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.runs import SmallNetwork, small_network
from teachrnn.views.story import Yours
from teachrnn.views.story.introduction import introduction
from teachrnn.views.story.named_story import NamedStory
from teachrnn.views.story.side_by_side import Comparable
from teachrnn.views.style.legible import printable
from teachrnn.views.style.number import format_number

NUMBERS = {"hidden": int, "layers": int, "scale": float, "updates": int, "seed": int}
"""The settings of a network that can be another one beside it, and their types."""


def compared_networks(
    text: str, settings: Mapping[str, Any], wanted: Sequence[str]
) -> dict[str, Comparable]:
    """A network, and what is to stand beside it, each by what it is called.

    Parameters
    ----------
    text : str
        What the network reads.
    settings : mapping
        Its settings, as `small_network` takes them.
    wanted : sequence of str
        What ``--compare`` names: a cell, ``untrained``, ``mistake``, ``mistake=WORDS``, ``text=OTHER``,
        or another setting, such as ``scale=1.5``.

    Returns
    -------
    dict
        The network itself comes first.

    Raises
    ------
    TeachrnnError
        If something is named that there is not, or the network would stand beside itself.

    Examples
    --------
    >>> list(compared_networks("hello", {"cell": "vanilla", "hidden": 2}, ["lstm", "untrained"]))
    ['vanilla', 'LSTM', 'untrained']
    """
    others = [one.removeprefix("text=") for one in wanted if one.startswith("text=")]
    for other in others:
        check_text(other, where="--compare text=")
    # a text beside another one is read by the same network, which has to know the symbols of both
    vocabulary = Vocabulary.of("".join([text, *others]))
    network = small_network(text, **settings, vocabulary=vocabulary)
    own = f"“{printable(text)}”" if others else _cell(network.model.cell.name)
    about = introduction(network)
    found: dict[str, Comparable] = {own: NamedStory(network.trace, network.symbols, about)}
    for one in wanted:
        title, beside = _beside(network, one, vocabulary)
        if title in found:
            raise DomainError(f"--compare {one}: {title} would stand beside itself.")
        found[title] = beside
        if isinstance(beside, Yours) and beside.title != title:
            about.append(f"The mistake: {beside.title}.")
    return found


def _cell(name: str) -> str:
    """A cell's name in a heading: those that are abbreviations are in capitals."""
    head, *rest = name.split("-")
    return "-".join([head.upper() if head in ("lstm", "gru") else head, *rest])


def _beside(network: SmallNetwork, wanted: str, vocabulary: Vocabulary) -> tuple[str, Comparable]:
    """What stands beside a network, and what it is called there."""
    name, _, value = wanted.partition("=")
    if name == "text":
        return f"“{printable(value)}”", _reading(network, value)
    if name == "mistake":
        from teachrnn.views.story.mistaken_numbers import NO_CARRY, mistaken_numbers

        yours = mistaken_numbers(network, value or NO_CARRY)
        return yours.title if yours.title == NO_CARRY else "mistake", yours
    changed, title = _changed(network, wanted)
    settings = {**network.settings, **changed}
    return title, small_network(**settings, vocabulary=vocabulary)


def _changed(network: SmallNetwork, wanted: str) -> tuple[dict[str, Any], str]:
    """The settings that are other ones, and what the network is called with them."""
    name, _, value = wanted.partition("=")
    if wanted == "untrained":
        if not network.settings["updates"]:
            raise DomainError("--compare untrained: the network itself is not trained (--updates 0).")
        return {"updates": 0}, wanted
    cell = value if name == "cell" else wanted
    if cell in CELLS:
        return {"cell": cell}, _cell(cell)
    if name in NUMBERS:
        try:
            return {name: NUMBERS[name](value)}, f"{name} {value}"
        except ValueError:
            raise DomainError(f"--compare {wanted}: {value!r} is no number.") from None
    known = [*sorted(CELLS), "untrained", "mistake", "mistake=WORDS", "text=OTHER"]
    raise NameLookupError(
        f"--compare {wanted}: there is no such thing; there are {', '.join(known)}, and "
        f"{', '.join(f'{setting}=NUMBER' for setting in NUMBERS)}."
    )


def _reading(network: SmallNetwork, text: str) -> NamedStory:
    """The same network on another text."""
    tokens = network.vocabulary.encode(text)
    trace = network.model.record(tokens[:-1], tokens[1:])
    about = [
        f"The same network, trained on “{printable(network.text)}”, reads “{printable(text)}”: its loss "
        f"is {format_number(float(trace.total_loss))} nats per sequence."
    ]
    return NamedStory(trace, network.symbols, about)
