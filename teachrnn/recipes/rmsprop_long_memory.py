"""RMSProp, one number changed."""

from teachrnn.recipes.recipe import Recipe, register

RMSPROP_LONG_MEMORY = register(
    Recipe(
        name="rmsprop-long-memory",
        title="RMSProp with a memory of a thousand updates",
        source="The recipe rmsprop with gamma = 0.999, the value that Adam has for the same average.",
        notes="One number makes most of the difference between RMSProp and Adam on this task.",
        optimizer={"name": "rmsprop", "eta": 0.001, "gamma": 0.999, "epsilon": 1e-8},
    )
)
