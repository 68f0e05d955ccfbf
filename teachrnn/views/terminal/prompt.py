"""A line to type in."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from teachrnn.views.terminal.key import Keyed, key


class Prompt(Keyed):
    """Typed text, completed with Tab.

    Parameters
    ----------
    label : str
        The prompt.
    accept : callable
        Called with the text at Enter.
    close : callable
        Called when the line is closed.
    names : iterable of str
        The names to complete.
    text : str
        The initial text.
    """

    def __init__(
        self,
        label: str,
        accept: Callable[[str], None],
        close: Callable[[], None],
        *,
        names: Iterable[str] = (),
        text: str = "",
    ) -> None:
        self.label = label
        self.accept = accept
        self.close = close
        self.names = list(names)
        self.text = text
        self.near = ""
        self.open = True

    def press(self, name: str) -> bool:
        """Press a key; characters are typed."""
        self.near = ""
        if super().press(name):
            return True
        sign = " " if name == "Space" else name
        typed = len(sign) == 1 and sign.isprintable()
        self.text += sign if typed else ""
        return typed

    @key("Enter", does="accept what was typed", brief="take it")
    def enter(self) -> None:
        """Take the text."""
        self.close()
        if self.text.strip():
            self.accept(self.text)

    @key("Esc", does="leave it", brief="leave it")
    def leave(self) -> None:
        """Close without taking the text."""
        self.close()

    @key("Tab", does="complete a name, or show the matching names", brief="complete")
    def complete(self) -> None:
        """Extend the text to the longest common prefix of the matching names."""
        fits = [n for n in self.names if n.casefold().startswith(self.text.casefold())]
        if fits:
            common = max(fits, key=len)
            while not all(name.startswith(common) for name in fits):
                common = common[:-1]
            self.text = common if len(common) >= len(self.text) else self.text
        self.near = "" if len(fits) == 1 else "  ".join(fits[:8]) or "no name begins like this"

    @key("Backspace", does="delete a character")
    def take_back(self) -> None:
        """Delete the last character."""
        self.text = self.text[:-1]
