"""One model, many sampling strategies."""

from __future__ import annotations

from teachrnn.report.best_models import write_passage
from teachrnn.report.document import Element, Paragraph, Section, Verbatim
from teachrnn.runs import Session, TrainedModel
from teachrnn.sampling import Nucleus, Sampler, Temperature
from teachrnn.views.style.legible import legible
from teachrnn.views.style.loss_units import per_symbol

COUNT = 200
TEMPERATURES = (0.5, 1.0, 1.5)
NUCLEI = (0.3, 0.7, 0.95)
SEARCHES = (("Greedy, always the most likely", 1), ("Beam search, 8 wide", 8))
"""Searches for a likely text, and their width: greedy choice is the narrowest."""


def strategies_section(session: Session) -> Section:
    """Temperature and nucleus at three values each, and searches for the most likely text."""
    trained = TrainedModel.load(session.checkpoint, "validation")
    ways: list[tuple[str, Sampler]] = [
        *((f"Temperature {tau:g}", Temperature(temperature=tau)) for tau in TEMPERATURES),
        *(
            (f"Nucleus, \N{GREEK SMALL LETTER THETA} = {theta:g}", Nucleus(theta=theta))
            for theta in NUCLEI
        ),
    ]
    blocks: list[Element] = [
        Paragraph(
            "The model of the long passage above, with the same random numbers throughout. The "
            "scores are divided by the temperature before the softmax: below 1 what is likely "
            "becomes likelier, above 1 the probabilities become more equal. Nucleus sampling draws from "
            "the fewest symbols that together have the share \N{GREEK SMALL LETTER THETA} of the "
            "probability. Greedy choice and beam search look for likely texts, and show that the most "
            "likely text is not a good one: it repeats itself. The probability of a text is "
            "the network's own, symbol by symbol; a wider search looks further ahead, but "
            "is not certain to end with a more likely text."
        )
    ]
    blocks += [
        Verbatim(title, legible(write_passage(trained, COUNT, session.run.seed, sampler)))
        for title, sampler in ways
    ]
    blocks += [_search(trained, title, width) for title, width in SEARCHES]
    return Section("strategies", "Sampling strategies", blocks)


def _search(trained: TrainedModel, title: str, width: int) -> Verbatim:
    found = trained.likeliest(COUNT, width=width)
    mean = -found.log_probability / max(len(found.tokens), 1)
    return Verbatim(
        f"{title}: {per_symbol(mean)} nats per symbol of its own text",
        legible(trained.vocabulary.decode(found.tokens)),
    )
