"""The wording of steps, a file for each operation; a new file is found without being listed."""

import importlib
import pkgutil

from teachrnn.views.story.words.op_words import OpWords, words_of

for _found in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_found.name}")

__all__ = ["OpWords", "words_of"]
