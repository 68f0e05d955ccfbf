"""The story in a terminal: one step a screen with keys, or all of it as plain text."""

from teachrnn.views.terminal.session import Session, help_page
from teachrnn.views.terminal.step_through import print_story, step_in_terminal, step_through

__all__ = ["Session", "help_page", "print_story", "step_in_terminal", "step_through"]
