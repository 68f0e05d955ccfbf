"""A trace as an ordered list of steps, the story that every view shows."""

from teachrnn.views.story.step import Given, Made, Outcome, Quantity, StoryStep
from teachrnn.views.story.tell import tell, value_of
from teachrnn.views.story.yours import Yours, differences, opening, verdict

__all__ = [
    "Given",
    "Made",
    "Outcome",
    "Quantity",
    "StoryStep",
    "Yours",
    "differences",
    "opening",
    "tell",
    "value_of",
    "verdict",
]
