"""Aligned rows of text: how every table in a terminal is laid out."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def aligned(rows: Sequence[Sequence[str]], *, right: Collection[int] = (), gap: str = "  ") -> list[str]:
    """Lines in which the cells of each column are aligned.

    Parameters
    ----------
    rows : sequence of sequence of str
        The cells; every row has the same number.
    right : collection of int
        The columns that are aligned to the right, as numbers are.
    gap : str
        The text between two columns.

    Returns
    -------
    list of str
        A line for each row, without trailing spaces.

    Examples
    --------
    >>> for line in aligned([("step", "norm"), ("h[1]", "0.5"), ("a[10]", "12.25")], right=[1]):
    ...     print(line)
    step    norm
    h[1]     0.5
    a[10]  12.25
    """
    columns = []
    for i, column in enumerate(zip(*rows, strict=True)):
        width = max(map(len, column))
        columns.append([cell.rjust(width) if i in right else cell.ljust(width) for cell in column])
    return [gap.join(row).rstrip() for row in zip(*columns, strict=True)]
