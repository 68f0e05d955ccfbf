"""A trace as an ordered list of steps, the story that every view shows."""

from teachrnn.views.story.step import Made, Outcome, Quantity, StoryStep
from teachrnn.views.story.tell import tell, value_of

__all__ = ["Made", "Outcome", "Quantity", "StoryStep", "tell", "value_of"]
