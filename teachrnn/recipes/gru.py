"""A gated recurrent unit in the vanilla cell's place."""

from teachrnn.recipes.recipe import Recipe, register

GRU = register(
    Recipe(
        name="gru",
        title="GRU",
        source="The recipe adam with a GRU in PyTorch's variant, reset after the product.",
        cell="gru-reset-after",
        initializer={"name": "xavier"},
        optimizer={"name": "adam", "eta": 0.002},
    )
)
