"""Adam in AdaGrad's place."""

from teachrnn.recipes.recipe import Recipe, register

ADAM = register(
    Recipe(
        name="adam",
        title="Adam",
        source="DD2424, assignment 4, 2022 to 2024 (bonus part); Kingma & Ba (2015): eta = 0.001.",
        optimizer={"name": "adam", "eta": 0.001},
    )
)
