"""The token numbers of a text of any length."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from teachrnn.array import Array
from teachrnn.data.text import BLOCK, is_plain_file, text_blocks
from teachrnn.data.vocabulary import Vocabulary
from teachrnn.errors import FileFormatError


def load_tokens(
    path: str | Path,
    vocabulary: Vocabulary | None = None,
    *,
    make: Callable[[Iterable[str]], Vocabulary] = Vocabulary.of,
    in_memory: int = 1 << 26,
    folder: str | Path | None = None,
    block: int = BLOCK,
) -> tuple[Array, Vocabulary]:
    """Read a text file as token numbers, in memory that does not grow with the file.

    The file is read block by block. The numbers of a small one are an array in memory; those of a
    large one are written to a temporary file and mapped into memory (`numpy.memmap`), so that only
    the pages in use are loaded. That file vanishes with the last array that refers to it.

    A pipe gives its text only once: if it has to be read twice, all of it is held in memory.

    Parameters
    ----------
    path : str or Path
        A text file, as for `load_text_file`.
    vocabulary : Vocabulary, optional
        The vocabulary; if not given, ``make`` makes it from the text, which is then read twice.
    make : callable
        Makes a vocabulary from a text in blocks.
    in_memory : int
        The largest number of bytes that the array may take in memory.
    folder : str or Path, optional
        The folder of the temporary file; otherwise the system's temporary folder, which on some systems
        is itself in memory.
    block : int
        How many bytes are read at a time.

    Returns
    -------
    tokens : ndarray
        Of the smallest unsigned type that holds the vocabulary, (N,), read-only.
    vocabulary : Vocabulary
        The one given, or made.

    Raises
    ------
    FileFormatError
        As `load_text_file`; or if the temporary file cannot be written.
    DomainError
        For the first symbol that the vocabulary given does not hold, with its place.

    Examples
    --------
    >>> file = Path(tempfile.mkdtemp(), "text.txt")
    >>> file.write_text("hello")
    5
    >>> tokens, vocabulary = load_tokens(file)
    >>> tokens
    array([1, 0, 2, 2, 3], dtype=uint8)
    >>> vocabulary.decode(tokens)
    'hello'
    """
    path = Path(path)
    blocks: Iterable[str] = text_blocks(path, block=block)
    if vocabulary is None:
        again: Iterable[str] = text_blocks(path, block=block)
        if not is_plain_file(path):
            again = blocks = list(blocks)
        vocabulary, blocks = make(blocks), again
    dtype = np.min_scalar_type(max(len(vocabulary) - 1, 0))
    encoded = _encoded_blocks(blocks, vocabulary, dtype)
    first = next(encoded)
    if path.stat().st_size * dtype.itemsize <= in_memory:  # a symbol takes one byte or more
        tokens = np.concatenate([first, *encoded])
        tokens.flags.writeable = False
        return tokens, vocabulary
    try:
        with tempfile.TemporaryFile(dir=folder, prefix="teachrnn-") as file:
            file.write(first.data)
            for numbers in encoded:
                file.write(numbers.data)
            file.flush()
            return np.memmap(file, dtype=dtype, mode="r"), vocabulary
    except OSError as error:
        raise FileFormatError(
            f"cannot keep the numbers of {path} in a temporary file in "
            f"{folder or tempfile.gettempdir()}: {error.strerror or error}. "
            "Choose another folder for it: folder=..."
        ) from error


def _encoded_blocks(
    blocks: Iterable[str], vocabulary: Vocabulary, dtype: np.dtype[Any]
) -> Iterator[Array]:
    before = 0
    for piece in vocabulary.whole(blocks):
        yield vocabulary.encode(piece, before=before).astype(dtype)
        before += len(piece)
