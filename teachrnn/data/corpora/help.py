"""The texts behind Python's help()."""

from __future__ import annotations

from teachrnn.data.corpora.corpus import Corpus


class Help(Corpus):
    """English prose on Python, with examples: available on every machine, without installing anything.

    The text grows from one version of Python to the next, so losses are comparable within a version
    only.
    """

    name = "help"
    title = "The Python Language Reference, as printed by help()"
    author = "Guido van Rossum and the Python development team"
    source = "standard library, pydoc_data.topics"
    licence = "Python Software Foundation License 2"

    @classmethod
    def extract(cls) -> str:
        from pydoc_data.topics import topics

        return "\n\n".join(topics[name].strip("\n") for name in sorted(topics)) + "\n"
