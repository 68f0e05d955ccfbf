"""One model, many ways to draw from it."""

from __future__ import annotations

from teachrnn.data import END
from teachrnn.report.best_models import write_passage
from teachrnn.report.document import Block, Paragraph, Passage, Section
from teachrnn.runs import Session, TrainedModel
from teachrnn.sampling import Greedy, Nucleus, Sampler, Temperature, beam
from teachrnn.views.legible import legible

COUNT = 200
TEMPERATURES = (0.5, 1.0, 1.5)
NUCLEI = (0.3, 0.7, 0.95)
WIDTH = 8


def strategies_section(session: Session) -> Section:
    """Temperature and nucleus at three values each, and what looking for the likeliest text gives."""
    trained = TrainedModel.load(session.checkpoint, "validation")
    ways: list[tuple[str, Sampler]] = [
        *((f"Temperature {tau:g}", Temperature(temperature=tau)) for tau in TEMPERATURES),
        *(
            (f"Nucleus, \N{GREEK SMALL LETTER THETA} = {theta:g}", Nucleus(theta=theta))
            for theta in NUCLEI
        ),
        ("Greedy: always the likeliest", Greedy()),
    ]
    blocks: list[Block] = [
        Paragraph(
            "The model of the long passage above, with the same random numbers throughout. The "
            "scores are divided by the temperature before the softmax: below 1 what is likely "
            "becomes likelier, above 1 everything comes closer together. Nucleus sampling draws from "
            "the fewest symbols that together have the share \N{GREEK SMALL LETTER THETA} of the "
            "probability. Greedy choice and beam search look for likely texts, and find that the "
            "likeliest text is not a good one: it goes round in circles."
        )
    ]
    blocks += [
        Passage(title, legible(write_passage(trained, COUNT, session.run.seed, sampler)))
        for title, sampler in ways
    ]
    stop = int(trained.vocabulary.encode(END)[0]) if END in trained.vocabulary.symbols else None
    likeliest = beam(
        trained.model.reader(), prime=trained.beginning(), count=COUNT, width=WIDTH, stop=stop
    )[0]
    mean = -likeliest.log_probability / max(len(likeliest.symbols), 1)
    blocks.append(
        Passage(
            f"Beam search, {WIDTH} wide: {mean:.4f} nats per symbol of its own text",
            legible(trained.vocabulary.decode(likeliest.symbols)),
        )
    )
    return Section("strategies", "Ways to draw", blocks)
