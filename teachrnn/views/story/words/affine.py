"""The wording of steps with Affine."""

from teachrnn.ops import Affine
from teachrnn.views.story.words import weighted_sum
from teachrnn.views.story.words.op_words import OpWords


class AffineWords(OpWords, of=Affine):
    """The same as for every matrix product."""

    forward = staticmethod(weighted_sum.forward)
    backward = staticmethod(weighted_sum.backward)
