# The public face of teachrnn: every name that `from teachrnn import ...` finds, and its home.
# Type checkers and editors read this file; `__init__.py` reads it too, and loads names on first use.
# A comment line begins a section of the reference, in the order in which a newcomer meets them.

# Record
from teachrnn.models import CharRNN as CharRNN
from teachrnn.trace import Trace as Trace
from teachrnn.op import Value as Value

# Backpropagate
from teachrnn.backprop import backpropagate as backpropagate
from teachrnn.backprop import Backprop as Backprop
from teachrnn.backprop import ChainRule as ChainRule
from teachrnn.gradients import Term as Term
from teachrnn.gradients import Arrival as Arrival
from teachrnn.gradients import Gradients as Gradients

# Itemise: how far back each loss reaches
from teachrnn.backprop import Itemised as Itemised
from teachrnn.triangle import Triangle as Triangle
from teachrnn.triangle import Reach as Reach
from teachrnn.state_jacobian import state_jacobians as state_jacobians

# Check a gradient
from teachrnn.checking import check_backward as check_backward
from teachrnn.checking import check_gradient as check_gradient
from teachrnn.checking import check_pair as check_pair
from teachrnn.checking import GradientReport as GradientReport
from teachrnn.checking import check_ops as check_ops
from teachrnn.checking import nudge as nudge
from teachrnn.checking import CheckSetUp as CheckSetUp
from teachrnn.checking import mutation_score as mutation_score

# Break a network on purpose: the mistake laboratory
from teachrnn.laboratory import find_mistake as find_mistake
from teachrnn.laboratory import well_known as well_known
from teachrnn.laboratory import check_table as check_table
from teachrnn.laboratory import parameter_table as parameter_table
from teachrnn.laboratory import gradient_picture as gradient_picture
from teachrnn.laboratory import MistakenRuns as MistakenRuns

# Exercises: shown, and judged at once
from teachrnn.views.exercises import exercise as exercise
from teachrnn.views.exercises import judge as judge
from teachrnn.exercises import Exercise as Exercise
from teachrnn.exercises import Judgement as Judgement

# Step through it: on a page, in a notebook, in a terminal
from teachrnn.runs import small_network as small_network
from teachrnn.views.story.introduction import introduction as introduction
from teachrnn.views.page.standalone import save_page as save_page
from teachrnn.views.tour import Tour as Tour
from teachrnn.views.tour import load_tour as load_tour
from teachrnn.views.page.tour_page import save_tour as save_tour
from teachrnn.views.page.comparison import save_comparison as save_comparison
from teachrnn.views.story import Yours as Yours
from teachrnn.views.page.difference import save_difference as save_difference
from teachrnn.widgets import Stepper as Stepper
from teachrnn.views.terminal import step_in_terminal as step_in_terminal

# Read a text
from teachrnn.data import load_text as load_text
from teachrnn.data import Vocabulary as Vocabulary
from teachrnn.data import WordVocabulary as WordVocabulary
from teachrnn.runs import Source as Source

# Train
from teachrnn.recipes import Recipe as Recipe
from teachrnn.runs import Run as Run
from teachrnn.training import Training as Training
from teachrnn.training import TrainStep as TrainStep
from teachrnn.training import Evaluation as Evaluation
from teachrnn.training import FlightRecorder as FlightRecorder

# Sample
from teachrnn.runs import TrainedModel as TrainedModel
from teachrnn.sampling import Greedy as Greedy
from teachrnn.sampling import Temperature as Temperature
from teachrnn.sampling import TopK as TopK
from teachrnn.sampling import Nucleus as Nucleus

# Save and load
from teachrnn.trace_file import save_trace as save_trace
from teachrnn.trace_file import load_trace as load_trace
from teachrnn.interchange import save_safetensors as save_safetensors
from teachrnn.interchange import load_safetensors as load_safetensors
from teachrnn.interchange import to_torch as to_torch
from teachrnn.interchange import from_torch as from_torch

# Batchings: the order in which a text is read
from teachrnn.data.batching import InOrder as InOrder
from teachrnn.data.batching import Streams as Streams
from teachrnn.data.batching import Chunks as Chunks
from teachrnn.data.batching import RandomPositions as RandomPositions
from teachrnn.data.batching import Items as Items

# Initializers
from teachrnn.initializers import Normal as Normal
from teachrnn.initializers import NormalFanIn as NormalFanIn
from teachrnn.initializers import Xavier as Xavier
from teachrnn.initializers import He as He
from teachrnn.initializers import Orthogonal as Orthogonal
from teachrnn.initializers import UniformTorch as UniformTorch

# Optimizers
from teachrnn.optimizers import SGD as SGD
from teachrnn.optimizers import Momentum as Momentum
from teachrnn.optimizers import Nesterov as Nesterov
from teachrnn.optimizers import AdaGrad as AdaGrad
from teachrnn.optimizers import RMSProp as RMSProp
from teachrnn.optimizers import Adam as Adam
from teachrnn.optimizers import AdamW as AdamW

# Schedules of the learning rate
from teachrnn.training import ConstantRate as ConstantRate
from teachrnn.training import StepDecay as StepDecay
from teachrnn.training import ExponentialDecay as ExponentialDecay
from teachrnn.training import InverseDecay as InverseDecay
from teachrnn.training import CosineDecay as CosineDecay

# Clipping of gradients
from teachrnn.training import ClipByValue as ClipByValue
from teachrnn.training import ClipByNorm as ClipByNorm
from teachrnn.training import NoClipping as NoClipping

# Cells
from teachrnn.cells import VanillaCell as VanillaCell
from teachrnn.cells import LSTMCell as LSTMCell
from teachrnn.cells import GRUCell as GRUCell
from teachrnn.cells import ResetAfterGRUCell as ResetAfterGRUCell

# Operations
from teachrnn.ops import Add as Add
from teachrnn.ops import Affine as Affine
from teachrnn.ops import Concatenate as Concatenate
from teachrnn.ops import CrossEntropy as CrossEntropy
from teachrnn.ops import Dropout as Dropout
from teachrnn.ops import Embedding as Embedding
from teachrnn.ops import Interpolate as Interpolate
from teachrnn.ops import Linear as Linear
from teachrnn.ops import Multiply as Multiply
from teachrnn.ops import Relu as Relu
from teachrnn.ops import Sigmoid as Sigmoid
from teachrnn.ops import Slice as Slice
from teachrnn.ops import Softmax as Softmax
from teachrnn.ops import SoftmaxCrossEntropy as SoftmaxCrossEntropy
from teachrnn.ops import Sum as Sum
from teachrnn.ops import Tanh as Tanh

# Write your own: base classes and registries
from teachrnn.op import Op as Op
from teachrnn.ops import OPS as OPS
from teachrnn.cells import Cell as Cell
from teachrnn.cells import CELLS as CELLS
from teachrnn.data.batching import Batching as Batching
from teachrnn.initializers import Initializer as Initializer
from teachrnn.optimizers import Optimizer as Optimizer
from teachrnn.sampling import Sampler as Sampler
from teachrnn.training import Clipping as Clipping
from teachrnn.training import Schedule as Schedule
from teachrnn.errors import TeachrnnError as TeachrnnError

__version__: str
