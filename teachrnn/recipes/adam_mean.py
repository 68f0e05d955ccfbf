"""The assignment of 2025."""

from teachrnn.recipes.recipe import Recipe, register

ADAM_MEAN = register(
    Recipe(
        name="adam-mean",
        title="Adam on the mean loss, the assignment of 2025",
        source="DD2424, assignment 4, 2025 and 2026: Adam, eta = 0.001, mean over T, no clipping.",
        notes=(
            "The mean over T divides loss and gradients by 25. Adam's step does not depend on the"
            " size of the gradient, so little changes but the units; a clipping limit of 5 would "
            "never be met. The matrices start wider: U, W and V have standard deviations of "
            "1/sqrt(2K), 1/sqrt(2m) and 1/sqrt(m)."
        ),
        initializer={"name": "normal-fan-in"},
        optimizer={"name": "adam", "eta": 0.001},
        clipping={"name": "none"},
        reduction="mean",
    )
)
