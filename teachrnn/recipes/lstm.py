"""Long short-term memory in the vanilla cell's place."""

from teachrnn.recipes.recipe import Recipe, register

LSTM = register(
    Recipe(
        name="lstm",
        title="LSTM",
        source="The recipe adam with an LSTM; forget gates begin open (Jozefowicz et al. 2015).",
        cell="lstm",
        initializer={"name": "xavier", "forget_bias": 1.0},
        optimizer={"name": "adam", "eta": 0.002},
    )
)
