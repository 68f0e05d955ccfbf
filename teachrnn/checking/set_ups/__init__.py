"""Checks as objects, and what they can see."""

from teachrnn.checking.set_ups.could_have_seen import could_have_seen
from teachrnn.checking.set_ups.criterion import Allclose, Criterion, InRounding, RelativeError
from teachrnn.checking.set_ups.known_set_ups import SET_UPS
from teachrnn.checking.set_ups.mutation_score import SetUpReport, Unseen, mutation_score
from teachrnn.checking.set_ups.set_up import CheckSetUp, Circumstances
from teachrnn.checking.set_ups.smallest_change import SuggestedChange
from teachrnn.checking.set_ups.tally import Tally, try_code, try_out

__all__ = [
    "SET_UPS",
    "Allclose",
    "CheckSetUp",
    "Circumstances",
    "Criterion",
    "InRounding",
    "RelativeError",
    "SetUpReport",
    "SuggestedChange",
    "Tally",
    "Unseen",
    "could_have_seen",
    "mutation_score",
    "try_code",
    "try_out",
]
