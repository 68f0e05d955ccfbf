"""Guided tours: stories told in phases, each of which is data in a file."""

from teachrnn.views.tour.guided import Guided
from teachrnn.views.tour.tour import Tour, load_tour

__all__ = ["Guided", "Tour", "load_tour"]
