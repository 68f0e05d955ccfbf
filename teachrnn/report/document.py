"""The contents of a write-up, independent of its format, which is HTML or Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Paragraph:
    """Prose; a notice must not be overlooked."""

    text: str
    notice: bool = False


@dataclass(frozen=True)
class Facts:
    """Names and values, such as hyper-parameters."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class TextTable:
    """Rows under a head; the first cell of a row names it.

    Attributes
    ----------
    caption : str
        What is in it, with units.
    head : sequence of str
        Names of the columns.
    rows : sequence of sequences of str
        As many cells as the head has.
    words : sequence of int
        Columns that hold words; all but these and the first hold numbers, aligned on the right.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: Sequence[int] = ()


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure.

    Attributes
    ----------
    name : str
        A word, for its file and ids.
    caption : str
        What it is.
    description : str
        What it shows, for readers who cannot see it.
    figure : matplotlib.figure.Figure
        The figure.
    """

    name: str
    caption: str
    description: str
    figure: Figure


@dataclass(frozen=True)
class Verbatim:
    """A text exactly as it was generated."""

    caption: str
    text: str


@dataclass(frozen=True)
class Links:
    """Other pages: what each is, and its address as seen from this one."""

    pairs: Sequence[tuple[str, str]]


Element = Paragraph | Facts | TextTable | Picture | Verbatim | Links


@dataclass(frozen=True)
class Section:
    """A heading and what follows it.

    Attributes
    ----------
    name : str
        A word, for links to it.
    """

    name: str
    title: str
    blocks: Sequence[Element]


@dataclass(frozen=True)
class Document:
    """The whole."""

    title: str
    subtitle: str
    opening: Sequence[Element]
    sections: Sequence[Section]
