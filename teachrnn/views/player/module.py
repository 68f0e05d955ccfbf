"""The player: one ES module and one style sheet, put together from their parts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from teachrnn.views.style.palette import palette_style

PARTS = files("teachrnn.views.player")

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]*)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_INDENT = re.compile(r"^ +", re.MULTILINE)
_STYLE_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
_COMMENT = re.compile(r"^ *(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)\n", re.MULTILINE)


@lru_cache
def player_module(host: str) -> str:
    """The text of the player as one ES module.

    A page that is opened from a file may not import another file, and a notebook's widget is given one
    text. So each part that the host imports, directly or not, becomes a function that runs once, in its
    own scope, and returns its exports; an import takes them from there. The host itself comes last.

    Parameters
    ----------
    host : str
        The host that starts the player: ``page``, ``fragment`` or ``notebook``.

    Raises
    ------
    ImportError
        If the imports of the parts form a cycle.

    Examples
    --------
    >>> text = player_module("page")
    >>> "import " in text, 'parts["graph/column.js"] = (() => {' in text
    (False, True)
    """
    name = f"hosts/{host}.js"
    *parts, last = _in_order(name, {}, ())
    wrapped = (f'parts["{part}"] = (() => {{\n{_wrapped(part)}}})();\n' for part in parts)
    return "".join(["const parts = {};\n", *wrapped, _linked(last)])


def _in_order(name: str, seen: dict[str, None], importing: tuple[str, ...]) -> list[str]:
    """The parts that a part imports, each once and before those that import it, then itself."""
    if name in importing:
        raise ImportError(
            f"parts of the player import each other: {' imports '.join((*importing, name))}"
        )
    if name not in seen:
        for _, path in _IMPORT.findall(_text(name)):
            _in_order(_beside(name, path), seen, (*importing, name))
        seen[name] = None
    return list(seen)


def _wrapped(name: str) -> str:
    """The body of the function that wraps a part."""
    text = _linked(name)
    exports = ", ".join(_EXPORT.findall(text))
    return f"{_EXPORT.sub('', text)}return {{ {exports} }};\n"


def _linked(name: str) -> str:
    """A part that takes what it imports from the parts before it."""

    def taken(found: re.Match[str]) -> str:
        names = " ".join(found[1].replace(" as ", ": ").split())
        return f'const {{ {names} }} = parts["{_beside(name, found[2])}"];\n'

    return _IMPORT.sub(taken, _text(name))


def _text(name: str) -> str:
    """A part without indentation and comments on lines of their own, a fifth of the program.

    No text in a part may extend over several lines, which a test demands.
    """
    return _INDENT.sub("", _COMMENT.sub("", (PARTS / name).read_text("utf-8")))


def _beside(name: str, path: str) -> str:
    """The part that another one imports by a relative path."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


@lru_cache
def player_style() -> str:
    """The style sheet: the palette, the style of the whole player, then that of each part."""
    palette = palette_style(".trnn, .trnn-page")
    sheets = sorted(_sheets(PARTS), key=lambda sheet: (sheet.name != "player.css", sheet.name))
    texts = (_STYLE_COMMENT.sub("", sheet.read_text("utf-8")) for sheet in sheets)
    return "\n".join([palette, *(_INDENT.sub("", text) for text in texts)])


def _sheets(folder: Traversable) -> Iterator[Traversable]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _sheets(item)
        elif item.name.endswith(".css"):
            yield item
