"""Short texts, each by itself."""

from teachrnn.recipes.recipe import Recipe, register

TWEETS = register(
    Recipe(
        name="tweets",
        title="Tweets, or any short texts",
        source="DD2424, assignment 4, 2017 to 2020 (bonus part): an end symbol, a reset state.",
        notes=(
            'The text is a file of items: JSON lines or an array of objects with a field "text", '
            "or one item a line. The end symbol is a target like any other, so the network learns"
            " to stop."
        ),
        optimizer={"name": "adam", "eta": 0.001},
        batching={"name": "items"},
        items=True,
    )
)
