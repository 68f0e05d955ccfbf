"""Lines of a program that follow each other, and whose they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from teachrnn.formulas.code_line import Code, code
from teachrnn.views.program.numpy_program import Mark


class LineBlock:
    """Lines of the same indentation.

    Parameters
    ----------
    indent : str
        What each begins with.
    """

    def __init__(self, indent: str = "") -> None:
        self.indent = indent
        self.lines: list[Code] = []
        self.marks: dict[str, list[Mark]] = defaultdict(list)
        self.times: dict[int | None, range] = {}

    def add(
        self, statements: Iterable[Code], *, t: int | None = None, whole: frozenset[str] = frozenset()
    ) -> None:
        """Add statements; their tokens say which operations they belong to.

        Parameters
        ----------
        statements : iterable of Code
            The statements.
        t : int, optional
            The time step that they belong to.
        whole : frozenset of str
            Operations that the lines as a whole belong to.
        """
        for statement in statements:
            line, n = code(self.indent, statement), len(self.lines)
            self.lines.append(line)
            start = min(n, self.times.get(t, range(n, n)).start)
            self.times[t] = range(start, n + 1)
            for owner in sorted({owner for token in line for owner in token.of} | whole):
                at = [i for i, token in enumerate(line) if owner in token.of]
                part = Mark(n) if owner in whole else Mark(n, at[0], at[-1])
                self.marks[owner].append(part)

    def marked(self, owner: str, start: int) -> tuple[Mark, ...]:
        """The marks of an operation, where the block begins at line ``start`` of the program."""
        return tuple([Mark(m.line + start, m.first, m.last) for m in self.marks.get(owner, ())])
