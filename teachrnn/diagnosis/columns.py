r"""Gradients of pre-activations, read out of dU.

With one sequence in which no symbol occurs twice, column $x_t$ of dU is the gradient of the
pre-activation at the step t: nothing else adds to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.rounding import TOLERANCE
from teachrnn.op import Op
from teachrnn.ops import Add


@dataclass(frozen=True)
class Column:
    """A column of the gradient of a table that a symbol is looked up in.

    Attributes
    ----------
    table : str
        The parameter's name.
    symbol : int
        Which column.
    data : ndarray
        Its numbers.
    """

    table: str
    symbol: int
    data: Array


def columns(instance: Instance, given: Mapping[str, Array]) -> Iterator[tuple[Op, Column]]:
    """The look-ups of an instance, the last step first, each with its column of a student's gradient.

    Parameters
    ----------
    instance : Instance
        One sequence, of symbols that are all different; of others there are no such columns.
    given : mapping
        The student's gradients, by parameter.

    Yields
    ------
    (Op, Column)
        The look-up, whose gradient the column is.
    """
    if instance.B > 1 or len(set(instance.x.ravel().tolist())) < instance.T:
        return
    for op, _ in instance.tape.steps:
        whole = [v for v in op.operands if v.data.dtype.kind in "iu"]
        tables = [v for v in op.operands if v.role == "parameter" and v.name in given]
        if len(whole) != 1 or len(tables) != 1 or len(op.operands) != 2 or op.t is None:
            continue
        table, symbol = tables[0].name, int(whole[0].data.ravel()[0])
        yield op, Column(table, symbol, np.asarray(given[table], dtype=float)[:, symbol])


def read_from_columns(instance: Instance, given: Mapping[str, Array]) -> dict[str, Column]:
    """What a student's gradients say of the steps on the way back, though they are sums over them.

    Nothing is read out of a table whose gradient alone is wrong: then the way back was right, and the
    columns were formed wrongly from it.

    Parameters
    ----------
    instance : Instance
        The numbers.
    given : mapping
        The student's gradients, by parameter.

    Returns
    -------
    dict of str to Column
        By the names of the look-ups and of the sums that they go into: ``u[3]`` and ``a[3]``.

    Examples
    --------
    >>> instance = Instance.draw("vanilla", T=2, hidden=2, symbols=3, distinct=True)
    >>> sorted(read_from_columns(instance, instance.gradients))
    ['a[1]', 'a[2]', 'u[1]', 'u[2]']
    """
    coarse = any(np.asarray(given[name]).dtype == np.float32 for name in given)
    tolerance = TOLERANCE[np.dtype(np.float32 if coarse else np.float64)]
    wrong = [
        name
        for name, right in instance.gradients.items()
        if name in given and not np.abs(given[name] - right).max() <= tolerance * instance.units[name]
    ]
    found: dict[str, Column] = {}
    for op, column in columns(instance, given):
        if wrong != [column.table]:
            sums = [
                o for o in instance.trace.ops if isinstance(o, Add) and any(v is op for v in o.operands)
            ]
            found |= {value.name: column for value in (op, *sums)}
    return found
