"""Words in place of characters."""

from teachrnn.recipes.recipe import Recipe, register

WORDS = register(
    Recipe(
        name="words",
        title="Word by word",
        source="Mikolov et al. (2010), Recurrent neural network based language model: words as symbols.",
        notes=(
            "The 2,000 most frequent words and signs are kept, all others are one symbol, "
            "<unknown>. A symbol is a word or a sign, so losses per symbol cannot be compared "
            "with those of characters."
        ),
        cell="gru-reset-after",
        initializer={"name": "xavier"},
        optimizer={"name": "adam", "eta": 0.001},
        vocabulary="words",
        max_symbols=2000,
    )
)
