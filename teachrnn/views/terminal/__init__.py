"""The story in a terminal: one step a screen with keys, or all of it as plain text."""

from teachrnn.views.terminal.step_through import print_story, step_in_terminal
from teachrnn.views.terminal.stepper import TerminalStepper, help_page

__all__ = ["TerminalStepper", "help_page", "print_story", "step_in_terminal"]
