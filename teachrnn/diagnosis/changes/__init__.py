"""What can go wrong on an edge of the graph, one file each; a new file is found by the catalogue."""

from teachrnn.diagnosis.changes.alone import Alone
from teachrnn.diagnosis.changes.another_gradient import AnotherGradient
from teachrnn.diagnosis.changes.another_value import AnotherValue
from teachrnn.diagnosis.changes.at_some_steps import AtSomeSteps
from teachrnn.diagnosis.changes.bare import Bare
from teachrnn.diagnosis.changes.change import CHANGES, Change
from teachrnn.diagnosis.changes.complement import Complement
from teachrnn.diagnosis.changes.counted_once import CountedOnce
from teachrnn.diagnosis.changes.cut import Cut
from teachrnn.diagnosis.changes.exchanged import Exchanged
from teachrnn.diagnosis.changes.inverse import Inverse
from teachrnn.diagnosis.changes.negated import Negated
from teachrnn.diagnosis.changes.other_derivative import OtherDerivative
from teachrnn.diagnosis.changes.scores import Scores
from teachrnn.diagnosis.changes.squashed_again import SquashedAgain
from teachrnn.diagnosis.changes.transposed import Transposed
from teachrnn.diagnosis.changes.twice import Twice
from teachrnn.diagnosis.changes.without import Without

__all__ = [
    "CHANGES",
    "Alone",
    "AnotherGradient",
    "AnotherValue",
    "AtSomeSteps",
    "Bare",
    "Change",
    "Complement",
    "CountedOnce",
    "Cut",
    "Exchanged",
    "Inverse",
    "Negated",
    "OtherDerivative",
    "Scores",
    "SquashedAgain",
    "Transposed",
    "Twice",
    "Without",
]
