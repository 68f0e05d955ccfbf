"""Which lines of a program depend on one another, by the names that they read and write."""

from __future__ import annotations

import ast


def depend(a: str, b: str) -> bool:
    """Whether the order of two lines matters: one writes what the other reads or writes.

    Parameters
    ----------
    a, b : str
        A line each, without its indentation.

    Returns
    -------
    bool
        Whether exchanging them may change what the program does.

    Examples
    --------
    >>> depend("dV += np.outer(do, h)", "dh = V.T @ do"), depend("dh = V.T @ do", "da = dh * slope")
    (False, True)
    """
    (reads, writes), (other_reads, other_writes) = _reads_and_writes(a), _reads_and_writes(b)
    return bool(writes & (other_reads | other_writes) or reads & other_writes)


def parsed_line(line: str) -> ast.Module | None:
    """The statement that a line is by itself.

    Parameters
    ----------
    line : str
        Without its indentation; the head of a block stands for the block.

    Returns
    -------
    ast.Module or None
        None if it is no statement.

    Examples
    --------
    >>> parsed_line("for t in reversed(range(T)):") is None, parsed_line("dh +=") is None
    (False, True)
    """
    code = f"{line} pass" if line.endswith(":") else line
    try:
        return ast.parse(f"def f():\n    {code}" if line.startswith("return") else code)
    except SyntaxError:
        return None


def _reads_and_writes(line: str) -> tuple[set[str], set[str]]:
    reads: set[str] = set()
    writes: set[str] = set()
    tree = parsed_line(line)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Name):
            (writes if isinstance(node.ctx, ast.Store) else reads).add(node.id)
        elif isinstance(node, ast.arg):
            writes.add(node.arg)
        elif isinstance(node, ast.AugAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                inner = target
                while isinstance(inner, ast.Subscript | ast.Attribute):
                    inner = inner.value
                if isinstance(inner, ast.Name):
                    writes.add(inner.id)
                    if inner is not target or isinstance(node, ast.AugAssign):
                        reads.add(inner.id)
    return reads, writes
