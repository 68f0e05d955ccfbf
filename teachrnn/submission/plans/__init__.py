"""The ways to call a program, one a file: importing them enters them in the registry."""

from teachrnn.submission.plans.factories import Factories
from teachrnn.submission.plans.functions import Functions
from teachrnn.submission.plans.objects import Objects
from teachrnn.submission.plans.steps import StepFunctions, StepMethods

__all__ = ["Factories", "Functions", "Objects", "StepFunctions", "StepMethods"]
