"""Two layers."""

from teachrnn.recipes.recipe import Recipe, register

STACKED = register(
    Recipe(
        name="stacked",
        title="Two LSTM layers",
        source="The recipe lstm with two layers, as in Karpathy's char-rnn (2015).",
        cell="lstm",
        layers=2,
        initializer={"name": "xavier", "forget_bias": 1.0},
        optimizer={"name": "adam", "eta": 0.002},
    )
)
