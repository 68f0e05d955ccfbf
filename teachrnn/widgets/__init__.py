"""Apps for notebooks: thin shells around the views. Nothing else imports anywidget."""

from teachrnn.widgets.app import APPS, App
from teachrnn.widgets.gradient_flow import GradientFlow
from teachrnn.widgets.mistake_laboratory import MistakeLaboratory
from teachrnn.widgets.neuron_explorer import NeuronExplorer
from teachrnn.widgets.optimizer_explorer import OptimizerExplorer
from teachrnn.widgets.sampling_explorer import SamplingExplorer
from teachrnn.widgets.stepper import Stepper
from teachrnn.widgets.training_monitor import TrainingMonitor

__all__ = [
    "APPS",
    "App",
    "GradientFlow",
    "MistakeLaboratory",
    "NeuronExplorer",
    "OptimizerExplorer",
    "SamplingExplorer",
    "Stepper",
    "TrainingMonitor",
]
