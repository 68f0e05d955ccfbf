"""Figures, one per file: each a function of data that returns a matplotlib Figure with a table."""

from teachrnn.views.figures.clipping import clipping
from teachrnn.views.figures.figure import FIGURES, Table, give_table, new_figure, table_of
from teachrnn.views.figures.gradient_flow import gradient_flow
from teachrnn.views.figures.gradient_norm import gradient_norm
from teachrnn.views.figures.gradients_with_mistake import gradients_with_mistake
from teachrnn.views.figures.heat_map import heat_map
from teachrnn.views.figures.loss_curve import loss_curve
from teachrnn.views.figures.loss_curves import loss_curves
from teachrnn.views.figures.losses_with_mistakes import losses_with_mistakes
from teachrnn.views.figures.neuron_text import neuron_text
from teachrnn.views.figures.next_symbol import next_symbol
from teachrnn.views.figures.optimizer_paths import optimizer_paths
from teachrnn.views.figures.optimizer_state import optimizer_state
from teachrnn.views.figures.right_and_given import right_and_given
from teachrnn.views.figures.samples_with_mistakes import samples_with_mistakes
from teachrnn.views.figures.saturation import saturation
from teachrnn.views.figures.spectrum import spectrum
from teachrnn.views.figures.sweep import sweep
from teachrnn.views.figures.training_progress import training_progress
from teachrnn.views.figures.truncated_and_full import truncated_and_full
from teachrnn.views.figures.unrolled_graph import unrolled_graph
from teachrnn.views.figures.v_curve import v_curve
from teachrnn.views.figures.which_check_sees_it import which_check_sees_it
from teachrnn.views.figures.which_gradients_are_wrong import which_gradients_are_wrong

__all__ = [
    "FIGURES",
    "Table",
    "clipping",
    "give_table",
    "gradient_flow",
    "gradient_norm",
    "gradients_with_mistake",
    "heat_map",
    "loss_curve",
    "loss_curves",
    "losses_with_mistakes",
    "neuron_text",
    "new_figure",
    "next_symbol",
    "optimizer_paths",
    "optimizer_state",
    "right_and_given",
    "samples_with_mistakes",
    "saturation",
    "spectrum",
    "sweep",
    "table_of",
    "training_progress",
    "truncated_and_full",
    "unrolled_graph",
    "v_curve",
    "which_check_sees_it",
    "which_gradients_are_wrong",
]
