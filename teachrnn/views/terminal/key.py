"""Keys: what a terminal sends for them, their names, and what they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

SENT: dict[str, tuple[str, ...]] = {
    "Right": ("\x1b[C", "\x1bOC", "\xe0M", "\x00M"),
    "Left": ("\x1b[D", "\x1bOD", "\xe0K", "\x00K"),
    "Up": ("\x1b[A", "\x1bOA", "\xe0H", "\x00H"),
    "Down": ("\x1b[B", "\x1bOB", "\xe0P", "\x00P"),
    "Home": ("\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~", "\xe0G", "\x00G"),
    "End": ("\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~", "\xe0O", "\x00O"),
    "PageUp": ("\x1b[5~", "\xe0I", "\x00I"),
    "PageDown": ("\x1b[6~", "\xe0Q", "\x00Q"),
    "Enter": ("\r", "\n"),
    "Tab": ("\t",),
    "Esc": ("\x1b",),
    "Backspace": ("\x7f", "\x08"),
    "Space": (" ",),
}
"""What terminals send for keys other than letters; the last two of a row are for Windows."""

SIGNS = {"Right": "→", "Left": "←", "Up": "↑", "Down": "↓"}
"""How the help writes keys that have a symbol."""

_NAMES = {sent: name for name, row in SENT.items() for sent in row}


def named(sent: str) -> str:
    r"""The name of a key, from what the terminal sent; a letter is its own name.

    Examples
    --------
    >>> named("\x1b[C"), named("q")
    ('Right', 'q')
    """
    return _NAMES.get(sent, sent)


@dataclass(frozen=True)
class KeyBinding:
    """Some keys and what they do.

    Attributes
    ----------
    keys : tuple of str
        Their names.
    does : str
        What they do, as the help words it.
    action : callable
        Called with the object that handles the keys.
    brief : str
        One or two words for the line at the bottom; empty if only the help shows it.
    anywhere : bool
        Whether they also work while something is open on top.
    """

    keys: tuple[str, ...]
    does: str
    action: Callable[[Any], None]
    brief: str = ""
    anywhere: bool = False

    @property
    def signs(self) -> str:
        """The keys as help writes them: ``→ l``."""
        return " ".join(SIGNS.get(key, key) for key in self.keys)


Action = TypeVar("Action", bound=Callable[[Any], None])


def key(*keys: str, does: str, brief: str = "", anywhere: bool = False) -> Callable[[Action], Action]:
    """Bind keys to the method below it."""

    def bind(action: Action) -> Action:
        action.binding = KeyBinding(keys, does, action, brief, anywhere)  # type: ignore[attr-defined]
        return action

    return bind


class Keyed:
    """Base of what handles keys; the table of keys is read from its methods."""

    bindings: ClassVar[tuple[KeyBinding, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.bindings = tuple(a.binding for a in vars(cls).values() if hasattr(a, "binding"))

    def press(self, name: str) -> bool:
        """Press a key; False if it does nothing here."""
        for binding in self.bindings:
            if name in binding.keys:
                binding.action(self)
                return True
        return False

    @classmethod
    def brief(cls, width: int) -> str:
        """The most important keys in one line of that width, the last one always among them."""
        words = [f"{SIGNS.get(b.keys[0], b.keys[0])} {b.brief}" for b in cls.bindings if b.brief]
        while len(words) > 2 and len("   ".join(words)) > width:
            del words[-3]
        return "   ".join(words)
