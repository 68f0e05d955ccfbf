"""Figures, one per file: each a function of data that returns a matplotlib Figure with a table."""

from teachrnn.views.figures.clipping import clipping
from teachrnn.views.figures.figure import FIGURES, Table, give_table, new_figure, table_of
from teachrnn.views.figures.gradient_flow import gradient_flow
from teachrnn.views.figures.gradient_norm import gradient_norm
from teachrnn.views.figures.heat_map import heat_map
from teachrnn.views.figures.loss_curve import loss_curve
from teachrnn.views.figures.loss_curves import loss_curves
from teachrnn.views.figures.neuron_text import neuron_text
from teachrnn.views.figures.next_symbol import next_symbol
from teachrnn.views.figures.optimizer_paths import optimizer_paths
from teachrnn.views.figures.optimizer_state import optimizer_state
from teachrnn.views.figures.right_and_given import right_and_given
from teachrnn.views.figures.saturation import saturation
from teachrnn.views.figures.spectrum import spectrum
from teachrnn.views.figures.sweep import sweep
from teachrnn.views.figures.training_progress import training_progress
from teachrnn.views.figures.truncated_and_full import truncated_and_full
from teachrnn.views.figures.unrolled_graph import unrolled_graph
from teachrnn.views.figures.v_curve import v_curve

__all__ = [
    "FIGURES",
    "Table",
    "clipping",
    "give_table",
    "gradient_flow",
    "gradient_norm",
    "heat_map",
    "loss_curve",
    "loss_curves",
    "neuron_text",
    "new_figure",
    "next_symbol",
    "optimizer_paths",
    "optimizer_state",
    "right_and_given",
    "saturation",
    "spectrum",
    "sweep",
    "table_of",
    "training_progress",
    "truncated_and_full",
    "unrolled_graph",
    "v_curve",
]
