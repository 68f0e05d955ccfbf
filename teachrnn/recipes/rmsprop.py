"""The assignment's other optimizer."""

from teachrnn.recipes.recipe import Recipe, register

RMSPROP = register(
    Recipe(
        name="rmsprop",
        title="RMSProp with a memory of ten updates",
        source="DD2424, assignment 4, 2017 to 2024 (optional part): eta = 0.001, gamma = 0.9.",
        notes=(
            "With gamma = 0.9 the squared gradient is averaged over about ten updates. With one "
            "sequence at a time the step is close to the sign of the gradient times eta, and its noise "
            "keeps it from settling."
        ),
        optimizer={"name": "rmsprop", "eta": 0.001, "gamma": 0.9, "epsilon": 1e-8},
    )
)
