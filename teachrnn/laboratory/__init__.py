"""Right networks with a mistake switched on: what each check says, and what becomes of training."""

from teachrnn.laboratory.find_mistake import find_mistake, known_mistakes
from teachrnn.laboratory.mistaken_path import MistakenPath
from teachrnn.laboratory.planted_mistake import PlantedMistake
from teachrnn.laboratory.well_known import well_known

__all__ = ["MistakenPath", "PlantedMistake", "find_mistake", "known_mistakes", "well_known"]
