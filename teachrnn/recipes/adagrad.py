"""The recipe of the assignment."""

from teachrnn.recipes.recipe import Recipe, register

ADAGRAD = register(
    Recipe(
        name="adagrad",
        title="AdaGrad, the assignment's default",
        source="DD2424, assignment 4, 2017 to 2024: m = 100, T = 25, eta = 0.1, sigma = 0.01.",
        notes=(
            "The steps shrink as squared gradients add up, and never grow again: quick at first, "
            "slow later. The first steps, of 0.1 in every parameter, magnify rounding, so runs "
            "end several nats apart: from seed to seed, from precision to precision, from "
            "processor to processor. The value of epsilon is not given in the assignment; here: "
            "1e-8, inside the root."
        ),
        optimizer={"name": "adagrad", "eta": 0.1, "epsilon": 1e-8},
    )
)
