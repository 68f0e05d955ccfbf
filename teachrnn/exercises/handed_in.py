"""What is handed in as an attempt: a function, a class, text, a file, a notebook, lines, an answer."""

from __future__ import annotations

import ast
import inspect
import io
import json
import linecache
import sys
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from teachrnn.errors import SubmissionError

if TYPE_CHECKING:
    from teachrnn.exercises.exercise import Exercise

PLAIN = (bool, int, float, complex, str, bytes, type(None))


@dataclass(frozen=True)
class HandedInAttempt:
    """An attempt, as it is judged.

    Attributes
    ----------
    source : str
        Of code, the text.
    answer : object
        Of an answer, what it is: text, a number, a list of lines.
    path : Path or None
        The file it was read from.
    remarks : list of str
        How it was read.
    """

    source: str = ""
    answer: Any = None
    path: Path | None = None
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, exercise: Exercise, attempt: Any) -> Self:
        """Take an attempt in any of its forms.

        Parameters
        ----------
        exercise : Exercise
            The exercise that it is an attempt at.
        attempt : function, class, module, list of functions, str, Path, list of str, or an answer
            What was handed in. Of code, a name that ends in ".py" or ".ipynb" is a file; other text is
            the code itself.

        Returns
        -------
        HandedInAttempt
            The attempt.

        Raises
        ------
        SubmissionError
            If it cannot be read.
        """
        if attempt is None or attempt is Ellipsis:
            return cls()
        if not exercise.judged_by.is_code:
            if isinstance(attempt, Path):
                return cls(answer=_text_of(attempt), path=attempt)
            return cls(answer=attempt)
        if isinstance(attempt, Path) or (isinstance(attempt, str) and _names_a_file(attempt)):
            path = Path(attempt)
            if path.suffix == ".ipynb":
                source, remarks = _of_notebook(path, exercise.name)
                return cls(source, path=path, remarks=tuple(remarks))
            return cls(_text_of(path), path=path)
        if isinstance(attempt, str):
            return cls(attempt)
        return cls(source_of(attempt))

    def is_starting(self, exercise: Exercise) -> bool:
        """Whether no code was written: it is empty, or the starting code, whatever its comments.

        Parameters
        ----------
        exercise : Exercise
            The exercise that it is an attempt at.

        Returns
        -------
        bool
            The answer.
        """
        own = normalised(self.source)
        return own in (normalised(""), normalised(exercise.starting)) or own == normalised(
            exercise.given + "\n" + exercise.starting
        )


def normalised(source: str) -> str:
    """Code without what does not matter to it: spaces, comments, docstrings.

    Parameters
    ----------
    source : str
        The code; if it is no Python, its words.

    Returns
    -------
    str
        Equal for two attempts that do the same in the same way.

    Examples
    --------
    >>> normalised("x = 1  # one") == normalised("x=1")
    True
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return " ".join(source.split())
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]):
            node.body = body[1:]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(statement: ast.AST) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def source_of(thing: Any) -> str:
    """The text of a function or class, and of what it uses from where it was defined.

    Parameters
    ----------
    thing : function, class, module, or list of functions and classes
        As a notebook holds them.

    Returns
    -------
    str
        A program by itself: imports, constants, functions.

    Raises
    ------
    SubmissionError
        If the text cannot be found.
    """
    if isinstance(thing, ModuleType):
        return _text_of(Path(str(thing.__file__)))
    pieces: dict[str, str] = {}
    for one in thing if isinstance(thing, list | tuple) else [thing]:
        if not isinstance(one, FunctionType | type):
            raise SubmissionError(
                f"{one!r} was handed in, but a function, a class, the text of a program or a file is "
                "needed."
            )
        _gather(one, one.__name__, pieces)
    return "\n\n".join(pieces.values()) + "\n"


def _gather(thing: Any, name: str, pieces: dict[str, str]) -> None:
    """Put the text of a definition behind that of everything it uses."""
    if name in pieces:
        return
    text = _definition(thing, name)
    pieces[name] = ""  # a function may use itself
    known = dict(_surroundings(thing))
    for used in sorted(n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)):
        if used in known and used not in pieces:
            _gather_value(known[used], used, pieces)
    del pieces[name]
    pieces[name] = text


def _definition(thing: Any, name: str) -> str:
    """The text of a function or a class."""
    try:
        return inspect.cleandoc("\n" + inspect.getsource(thing))
    except (OSError, TypeError):
        pass
    for method in _methods(thing) if isinstance(thing, type) else ():  # a class in a cell of a notebook
        text = "".join(linecache.getlines(method.__code__.co_filename))
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == name:
                return ast.get_source_segment(text, node) or ast.unparse(node)
    raise SubmissionError(
        f"the text of {name} cannot be found: hand in the text or the file that it is in."
    )


def _surroundings(thing: Any) -> Mapping[str, Any]:
    """The names that a definition sees, from outside of itself."""
    if isinstance(thing, FunctionType):
        inner = inspect.getclosurevars(thing).nonlocals
        return {**thing.__globals__, **inner}
    methods = _methods(thing)
    return methods[0].__globals__ if methods else vars(sys.modules[thing.__module__])


def _gather_value(value: Any, name: str, pieces: dict[str, str]) -> None:
    if isinstance(value, ModuleType):
        if not _is_installed(value.__name__) and value.__file__:
            beside = str(Path(value.__file__).resolve().parent)
            pieces[f"path {beside}"] = f"import sys; sys.path.append({beside!r})"
        pieces[name] = f"import {value.__name__} as {name}"
    elif isinstance(value, FunctionType | type):
        if value.__name__ != "<lambda>" and not _is_installed(value.__module__):
            _gather(value, name, pieces)
        else:
            pieces[name] = f"from {value.__module__} import {value.__qualname__} as {name}"
    elif isinstance(value, PLAIN):
        pieces[name] = f"{name} = {value!r}"
    elif isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and value.size <= 10_000:
        pieces["__numpy"] = "import numpy"
        pieces[name] = f"{name} = numpy.array({value.tolist()!r}, dtype={value.dtype.name!r})"
    elif callable(value) and getattr(value, "__module__", None) and getattr(value, "__name__", None):
        pieces[name] = f"from {value.__module__} import {value.__name__} as {name}"


def _is_installed(module: str) -> bool:
    """Whether another process finds a module too: it is no notebook, and no file of the learner's."""
    root = module.partition(".")[0]
    if root in sys.stdlib_module_names or root == "teachrnn":
        return root != "__main__"
    path = getattr(sys.modules.get(root), "__file__", None)
    return root != "__main__" and (path is None or "site-packages" in path)


def _methods(kind: type) -> list[FunctionType]:
    return [m for m in vars(kind).values() if isinstance(m, FunctionType)]


def _names_a_file(text: str) -> bool:
    return "\n" not in text and text.strip().endswith((".py", ".ipynb"))


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        return raw.decode(encoding, errors="replace")
    except (OSError, SyntaxError, LookupError) as error:
        said = getattr(error, "strerror", None) or error
        raise SubmissionError(f"{path} cannot be read: {said}.") from error


def _of_notebook(path: Path, name: str) -> tuple[str, list[str]]:
    """The code of the cells that are marked with the exercise's name; without any, of all."""
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        texts = ["".join(cell["source"]) for cell in code]
    except OSError as error:
        raise SubmissionError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SubmissionError(f"{path.name} is not a notebook that can be read.") from error
    own = [text for cell, text in zip(code, texts, strict=True) if _marked(cell, text, name)]
    remarks = []
    if own:
        imports = [line for text in texts if text not in own for line in _imports(text)]
        texts = [*imports, *own]
        remarks.append(f"of the notebook, the {len(own)} cells that are marked {name!r} were read.")
    lines = "\n".join(texts).splitlines()
    plain = ["#" + line if line.lstrip()[:1] in ("%", "!", "?") else line for line in lines]
    return "\n".join(plain) + "\n", remarks


def _marked(cell: Mapping[str, Any], text: str, name: str) -> bool:
    """Whether a cell is an answer to the exercise: by a tag, nbgrader's id, or its first line."""
    metadata = cell.get("metadata", {})
    first = text.strip().partition("\n")[0].replace(" ", "").lower()
    return (
        name in metadata.get("tags", [])
        or metadata.get("nbgrader", {}).get("grade_id") == name
        or first == f"#exercise:{name}"
    )


def _imports(text: str) -> list[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    return [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
