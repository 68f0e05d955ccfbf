"""The author's own remarks, read from a file that teachrnn never writes."""

from __future__ import annotations

import re
from pathlib import Path

from teachrnn.errors import FileFormatError
from teachrnn.report.document import Paragraph, Section
from teachrnn.views.style.legible import legible

REMARKS = "remarks.txt"


def remarks_section(folder: Path) -> Section:
    """The paragraphs of ``remarks.txt`` in the folder of a report, which never writes to it.

    Raises
    ------
    FileFormatError
        If the file cannot be read, or is not UTF-8.
    """
    paragraphs = load_remarks(folder) or [
        f"None yet. What you write into {REMARKS}, beside this page, with blank lines between "
        "paragraphs, appears here when the same command writes the report again; the file is yours, "
        "and no report changes it."
    ]
    return Section("remarks", "Remarks", [Paragraph(legible(text)) for text in paragraphs])


def load_remarks(folder: Path) -> list[str]:
    r"""The paragraphs of the remarks in that folder; none where there is no such file.

    Parameters
    ----------
    folder : Path
        The folder of a report.

    Returns
    -------
    list of str
        Paragraphs, without the blank lines between them.

    Raises
    ------
    FileFormatError
        As `remarks_section`.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / REMARKS).write_text("It learns.\n\nSlowly.")
    >>> load_remarks(folder)
    ['It learns.', 'Slowly.']
    """
    path = folder / REMARKS
    try:
        text = path.read_text("utf-8-sig")  # the line endings of every system become newlines
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise FileFormatError(
            f"{path} is not UTF-8 at byte {error.start}: save it as UTF-8, so that it can be shown."
        ) from error
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}.") from error
    return [paragraph for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph]
