"""A run that is meant to be killed: ``python killed_run.py FOLDER TEXT UPDATES``.

It writes a line after every update, so that the killer knows how far it has come, however fast it is.
"""

from __future__ import annotations

import sys

from teachrnn.recipes import Recipe
from teachrnn.runs import Session


def session(folder: str, text: str, updates: int) -> Session:
    """The same session each time, which writes a checkpoint after every third update."""
    recipe = Recipe.find("adam").but(
        hidden=6,
        updates=updates,
        validate_every=5,
        batching={"name": "chunks", "chunks": 4},
        schedule={"name": "cosine", "updates": updates},
    )
    return Session.open(folder, recipe, text, seed=1, save_every=3, sample_every=10, sample_length=20)


if __name__ == "__main__":
    for step in session(sys.argv[1], sys.argv[2], int(sys.argv[3])).steps():
        print(step.iteration, flush=True)
