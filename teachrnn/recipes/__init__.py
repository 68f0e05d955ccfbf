"""Recipes, one per file: named ways to train, with their source."""

from teachrnn.recipes.adagrad import ADAGRAD
from teachrnn.recipes.adam import ADAM
from teachrnn.recipes.adam_mean import ADAM_MEAN
from teachrnn.recipes.gru import GRU
from teachrnn.recipes.lstm import LSTM
from teachrnn.recipes.measured import Measured, all_measured
from teachrnn.recipes.recipe import RECIPES, RULES, Recipe, register
from teachrnn.recipes.rmsprop import RMSPROP
from teachrnn.recipes.rmsprop_long_memory import RMSPROP_LONG_MEMORY
from teachrnn.recipes.stacked import STACKED
from teachrnn.recipes.tweets import TWEETS
from teachrnn.recipes.words import WORDS

__all__ = [
    "ADAGRAD",
    "ADAM",
    "ADAM_MEAN",
    "GRU",
    "LSTM",
    "RECIPES",
    "RMSPROP",
    "RMSPROP_LONG_MEMORY",
    "RULES",
    "STACKED",
    "TWEETS",
    "WORDS",
    "Measured",
    "Recipe",
    "all_measured",
    "register",
]
