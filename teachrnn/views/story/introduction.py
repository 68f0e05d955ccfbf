"""What a reader should know of a small network before stepping through it."""

from __future__ import annotations

from teachrnn.runs.small_network import SmallNetwork
from teachrnn.views.style.legible import printable
from teachrnn.views.style.number import format_number


def introduction(network: SmallNetwork) -> list[str]:
    """Sentences about a small network, its text and its loss.

    Parameters
    ----------
    network : SmallNetwork
        The network.

    Returns
    -------
    list of str
        Two sentences.

    Examples
    --------
    >>> from teachrnn.runs.small_network import small_network
    >>> print(introduction(small_network("hello", hidden=3, updates=5))[0])
    This vanilla network (m = 3, K = 4) reads “hello” and predicts the next character at every step.
    """
    model, trace = network.model, network.trace
    stack = f"{model.layers} layers, " if model.layers > 1 else ""
    kind = model.cell.name if model.cell.name == "vanilla" else model.cell.name.upper()
    loss = float(trace.total_loss)
    now = (
        f"{format_number(loss)} nats per sequence ({format_number(loss / trace.T)} nats per character)."
    )
    updates = network.settings["updates"]
    counted = "1 update" if updates == 1 else f"{updates} updates"
    trained = f"{counted} on this text took its loss from {format_number(network.first_loss)} to"
    return [
        f"This {kind} network ({stack}m = {model.hidden}, K = {model.symbols}) reads "
        f"\N{LEFT DOUBLE QUOTATION MARK}{printable(network.text)}\N{RIGHT DOUBLE QUOTATION MARK} "
        "and predicts the next character at every step.",
        f"{trained if updates else 'It has not been trained: its loss is'} {now}",
    ]
