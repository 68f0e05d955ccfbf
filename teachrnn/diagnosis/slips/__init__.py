"""Wrong ways to write a formula down, by what is wrong; a new class is found by itself."""

from teachrnn.diagnosis.slips.left_out import (
    DerivativeLeftOut,
    FactorLeftOut,
    FunctionLeftOut,
    TermLeftOut,
    TransposeLeftOut,
)
from teachrnn.diagnosis.slips.mixed_up import (
    AnotherLetter,
    ComplementTaken,
    DerivativeOfAnother,
    PartAgain,
    ResultSquashedAgain,
)
from teachrnn.diagnosis.slips.slip import (
    SLIPS,
    FormulaPlace,
    LettersAtHand,
    Slip,
    WrongFormula,
    places_in,
    wrong_formulas,
)
from teachrnn.diagnosis.slips.summed_wrongly import (
    BATCH,
    ConditionInverted,
    MeanForSum,
    Overwritten,
    SumLeftOut,
    SumOverSomethingElse,
    TargetEverywhere,
)
from teachrnn.diagnosis.slips.turned_round import (
    FactorTwice,
    QuotientInverted,
    WrongPower,
    WrongSign,
)

__all__ = [
    "BATCH",
    "SLIPS",
    "AnotherLetter",
    "ComplementTaken",
    "ConditionInverted",
    "DerivativeLeftOut",
    "DerivativeOfAnother",
    "FactorLeftOut",
    "FactorTwice",
    "FormulaPlace",
    "FunctionLeftOut",
    "LettersAtHand",
    "MeanForSum",
    "Overwritten",
    "PartAgain",
    "QuotientInverted",
    "ResultSquashedAgain",
    "Slip",
    "SumLeftOut",
    "SumOverSomethingElse",
    "TargetEverywhere",
    "TermLeftOut",
    "TransposeLeftOut",
    "WrongFormula",
    "WrongPower",
    "WrongSign",
    "places_in",
    "wrong_formulas",
]
