"""The wording of steps with Linear."""

from teachrnn.ops import Linear
from teachrnn.views.story.words import weighted_sum
from teachrnn.views.story.words.op_words import OpWords


class LinearWords(OpWords, of=Linear):
    """The same as for every matrix product."""

    forward = staticmethod(weighted_sum.forward)
    backward = staticmethod(weighted_sum.backward)
