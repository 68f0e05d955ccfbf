"""Right networks with a mistake switched on: what each check says, and what becomes of training."""

from teachrnn.laboratory.check_table import CheckTable, check_table, settings
from teachrnn.laboratory.find_mistake import find_mistake, known_mistakes
from teachrnn.laboratory.gradient_picture import GradientPicture, gradient_picture
from teachrnn.laboratory.learning_curve import RIGHT, LearningCurve
from teachrnn.laboratory.mistaken_path import MistakenPath
from teachrnn.laboratory.mistaken_runs import MistakenRuns
from teachrnn.laboratory.parameter_table import ParameterTable, parameter_table
from teachrnn.laboratory.planted_mistake import PlantedMistake
from teachrnn.laboratory.slipped_update import slipped_updates
from teachrnn.laboratory.told_by_curves import LossOverSeeds, losses_over_seeds, told_by_curves
from teachrnn.laboratory.well_known import well_known

__all__ = [
    "RIGHT",
    "CheckTable",
    "GradientPicture",
    "LearningCurve",
    "LossOverSeeds",
    "MistakenPath",
    "MistakenRuns",
    "ParameterTable",
    "PlantedMistake",
    "check_table",
    "find_mistake",
    "gradient_picture",
    "known_mistakes",
    "losses_over_seeds",
    "parameter_table",
    "settings",
    "slipped_updates",
    "told_by_curves",
    "well_known",
]
