"""The player: one ES module and one style sheet, put together from their parts."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

PARTS = files("teachrnn.views.player")

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)


@lru_cache
def player_module() -> str:
    """The text of the player as one ES module.

    Each part imports by name what it uses of others; joined, they see each other, so the imports go, and
    with them the exports: each host adds the few lines that start it.

    Examples
    --------
    >>> "import " in player_module(), "function mount(" in player_module()
    (False, True)
    """
    return "\n".join(_joined("player.js", []))


def _joined(name: str, seen: list[str]) -> list[str]:
    """A part after all those that it imports, each once."""
    seen.append(name)
    text = (PARTS / name).read_text("utf-8")
    before = [
        part
        for imported in _IMPORT.findall(text)
        if imported not in seen
        for part in _joined(imported, seen)
    ]
    return [*before, _EXPORT.sub("", _IMPORT.sub("", text))]


@lru_cache
def player_style() -> str:
    """The style sheet: that of the whole first, then that of each part."""
    sheets = sorted(part.name for part in PARTS.iterdir() if part.name.endswith(".css"))
    sheets.sort(key=lambda name: name != "player.css")
    return "\n".join((PARTS / name).read_text("utf-8") for name in sheets)
