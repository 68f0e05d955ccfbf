"""The definitions of a student's file, without running code that trains, prints or plots."""

from __future__ import annotations

import ast
import json
import linecache
import sys
from pathlib import Path
from types import ModuleType

from teachrnn.errors import SubmissionError
from teachrnn.submission.limits import OutOfTime, limited

SECONDS_FOR_A_STATEMENT = 5.0
_SKIPPED_CALLS = (
    "train",
    "fit",
    "main",
    "optimi",
    "run",
    "input",
    "sample",
    "plot",
    "test",
    "check",
    "demo",
)


def load(path: str | Path) -> ModuleType:
    """Load a file's definitions as a module: imports, functions, classes and assignments.

    Loops and calls at the top level, and what stands under ``if __name__ == "__main__"``, are left
    out: a program usually trains there. An assignment that fails (the text it reads is not here) is
    left out too; ``module.left_out`` lists both.

    Raises
    ------
    SubmissionError
        If the file is missing or is no Python.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SubmissionError(f"{path} cannot be read: {error.strerror or error}.") from error
    if path.suffix == ".ipynb":
        text = _cells(path, text)
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    linecache.cache[str(path)] = (len(text), None, text.splitlines(keepends=True), str(path))
    try:
        tree = ast.parse(text, filename=str(path))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f", line {line}" if line else ""
        raise SubmissionError(
            f"{path.name}{where} is not Python that can be read: {getattr(error, 'msg', error)}."
        ) from error
    left_out: list[str] = []
    module.__dict__["left_out"] = left_out
    sys.path.insert(0, str(path.resolve().parent))  # what it imports lies beside it
    known = sys.modules.setdefault(module.__name__, module)  # a dataclass looks its module up
    try:
        for statement in tree.body:
            _run(statement, module, str(path), left_out)
    finally:
        sys.path.remove(str(path.resolve().parent))
        if known is module:
            sys.modules.pop(module.__name__, None)
    return module


def _cells(path: Path, text: str) -> str:
    """The code of a notebook; lines for the notebook itself become comments."""
    try:
        cells = json.loads(text)["cells"]
    except (ValueError, KeyError, TypeError) as error:
        raise SubmissionError(f"{path.name} is not a notebook that can be read.") from error
    code = ["".join(cell["source"]) for cell in cells if cell.get("cell_type") == "code"]
    lines = "\n".join(code).splitlines()
    return "\n".join("#" + line if line.lstrip()[:1] in ("%", "!", "?") else line for line in lines)


def _run(statement: ast.stmt, module: ModuleType, filename: str, left_out: list[str]) -> None:
    where = f"line {statement.lineno}"
    if isinstance(statement, ast.If) and not _asks_whether_main(statement):
        for inner in statement.body if _true(statement, module) else statement.orelse:
            _run(inner, module, filename, left_out)
        return
    if not _defines(statement):
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            left_out.append(f"{where} is not run: it is no definition")
        return
    try:
        with limited(SECONDS_FOR_A_STATEMENT):
            code = compile(ast.Module([statement], type_ignores=[]), filename, "exec")
            exec(code, module.__dict__)
    except OutOfTime as error:
        left_out.append(f"{where} was stopped after {error.args[0]:g} s")
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        left_out.append(f"{where} failed: {type(error).__name__}: {error}")


def _true(statement: ast.If, module: ModuleType) -> bool:
    try:
        return bool(eval(ast.unparse(statement.test), module.__dict__))
    except Exception:
        return False


def _asks_whether_main(statement: ast.If) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(statement.test))


def _defines(statement: ast.stmt) -> bool:
    if isinstance(
        statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef
    ):
        return True
    if isinstance(statement, ast.Try):
        return all(_defines(s) for s in statement.body)
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        called = [ast.unparse(n.func).lower() for n in ast.walk(statement) if isinstance(n, ast.Call)]
        return not any(word in name.split(".")[-1] for name in called for word in _SKIPPED_CALLS)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        name = ast.unparse(statement.value.func)
        return name.endswith(
            (".seed", ".set_printoptions", ".seterr", "sys.path.append", "sys.path.insert")
        )
    return False
