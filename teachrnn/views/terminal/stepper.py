"""A reader's walk through a story: where they are, and what each key does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from rich.text import Text

from teachrnn.errors import TeachrnnError
from teachrnn.trace import Trace
from teachrnn.views.story import StoryStep, Yours, differences, opening, tell, verdict
from teachrnn.views.story.place import Places
from teachrnn.views.style.legible import printable
from teachrnn.views.style.palette import ACCENT
from teachrnn.views.terminal.array_text import Extent
from teachrnn.views.terminal.help_page import HelpPage
from teachrnn.views.terminal.key import Keyed, key
from teachrnn.views.terminal.line import wrapped
from teachrnn.views.terminal.program_page import ProgramPage
from teachrnn.views.terminal.prompt import Prompt
from teachrnn.views.terminal.question import Question
from teachrnn.views.terminal.story_text import StoryText
from teachrnn.views.terminal.time_line import TimeLine
from teachrnn.views.terminal.why_page import WhyPage

ABOVE = 3
"""So many lines of the program are shown above the first that is marked."""
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Steps per second."""


class TerminalStepper(Keyed):
    """Everything except the terminal itself: keys go in by name, lines of text come out.

    Parameters
    ----------
    trace : Trace
        The trace to step through.
    symbols : sequence of str, optional
        What the token numbers stand for.
    about : sequence of str, optional
        Sentences about the record, shown with the first step.
    yours : Yours, optional
        The reader's own numbers, shown beside the right ones; stepping then begins where they first
        differ.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> session = TerminalStepper(model.record([0, 1], [1, 2]))
    >>> for name in (":", "d", "W", "Enter"):
    ...     pressed = session.press(name)
    >>> session.step.title
    'back through r[1] = Affine(h[0], W, b)'
    """

    def __init__(
        self,
        trace: Trace,
        symbols: Sequence[str] | None = None,
        about: Sequence[str] = (),
        yours: Yours | None = None,
    ) -> None:
        self.steps = tell(trace, symbols, yours)
        self.about = about
        self.text = StoryText(trace, self.steps)
        self.time_line = TimeLine(trace, self.steps, symbols)
        self.places = Places(self.steps)
        self.differences = differences(self.steps)
        self.index = opening(self.steps)
        self.scroll = 0
        self.page = 1
        self.sought = ""
        self.speed = 2
        self.playing = False
        self.breakpoints: set[int | None] = set()
        self.everything = False
        self.predicting = False
        self.question: Question | None = None
        self.right, self.asked = 0, 0
        self.overlay: Prompt | WhyPage | HelpPage | ProgramPage | None = None
        self.message = "" if yours is None else verdict(self.steps)
        self.over = False

    # Moving ----------------------------------------------------------------------------------

    @key("Right", "l", "Enter", does="step forward", brief="step")
    def forward(self) -> None:
        """Go to the next step; while predicting, ask before showing it."""
        if self.index == len(self.steps) - 1:
            self.message = "this is the last step; g goes to the first"
            return
        self._go(self.index + 1)
        question = Question.about(self.step) if self.predicting else None
        if question:
            self._ask_number(question)

    @key("Left", "h", "Backspace", does="step back", brief="back")
    def back(self) -> None:
        """Go to the previous step."""
        self._go(self.index - 1)

    @key("n", does="next time step", brief="next time")
    def next_time(self) -> None:
        """Go to the next time step."""
        self._leave_time(1)

    @key("p", does="previous time step")
    def time_before(self) -> None:
        """Go to the previous time step."""
        self._leave_time(-1)

    @key("t", does="turning point, where forward ends and backward begins", brief="turn")
    def turn(self) -> None:
        """Go to the turning point."""
        turning = [i for i, step in enumerate(self.steps) if step.phase == "turn"]
        if turning:
            self._go(turning[0])
        else:
            self.message = "no loss was recorded, so there is no backward pass"

    @key("g", "Home", does="first step")
    def first(self) -> None:
        """Go to the first step."""
        self._go(0)

    @key("G", "End", does="last step")
    def last(self) -> None:
        """Go to the last step."""
        self._go(len(self.steps) - 1)

    @key(":", does="go to a name, as in :dh[3] or :W, or type a number: to a time step", brief="go to")
    def go_to(self) -> None:
        """Ask for a name or a time step."""
        self._ask_place("")

    @key("/", does="next step of an operation, as in /Tanh")
    def next_op(self) -> None:
        """Ask for an operation."""

        def accept(text: str) -> None:
            self._go(self.places.next_op(text, self.index))

        self.overlay = Prompt("/", accept, self._close, names=self.places.ops)

    @key("d", does="first step at which your numbers differ")
    def difference(self) -> None:
        """Go to the first difference."""
        self._to_difference(self.differences)

    @key("D", does="next step at which they differ")
    def next_difference(self) -> None:
        """Go to the next difference."""
        self._to_difference([i for i in self.differences if i > self.index])

    # Asking ----------------------------------------------------------------------------------

    @key("w", does="why this number: take the entries of the result apart", brief="why")
    def why(self) -> None:
        """Take a result apart."""
        self._take_apart(stepping=False)

    @key("i", does="step into the result, term by term")
    def step_into(self) -> None:
        """Take a result apart, one term after the other."""
        self._take_apart(stepping=True)

    @key("c", does="the whole pass in NumPy, with the lines of this step marked")
    def program(self) -> None:
        """Show the program."""
        if self.step.lines is None:
            self.message = "there is no program: it is that of one sequence"
        else:
            page = ProgramPage(self.step.lines)
            self._open(page)
            self.scroll = max(0, page.first - ABOVE)

    @key("m", does="predict: give the sign or the number before it is shown")
    def predict(self) -> None:
        """Ask before every result, or stop asking."""
        self.predicting = not self.predicting
        self.message = f"predicting {'on: → asks first' if self.predicting else 'off'}"

    @key("a", does="all numbers of long arrays, or the first ones")
    def all_numbers(self) -> None:
        """Write arrays out in full, or cut them."""
        self.everything = not self.everything

    # Playing ---------------------------------------------------------------------------------

    @key("Space", does="play, pause", brief="play")
    def play(self) -> None:
        """Play on from here, or pause."""
        self.playing = not self.playing

    @key("+", does="play faster")
    def faster(self) -> None:
        """Play faster."""
        self._at_speed(self.speed + 1)

    @key("-", does="play more slowly")
    def slower(self) -> None:
        """Play more slowly."""
        self._at_speed(self.speed - 1)

    @key("b", does="set or clear a breakpoint here: play stops at it, forward and back")
    def break_here(self) -> None:
        """Set or clear a breakpoint."""
        self.breakpoints ^= {self.step.node}
        self.message = "breakpoint set" if self.is_breakpoint else "breakpoint cleared"

    @key("B", does="next breakpoint")
    def next_breakpoint(self) -> None:
        """Go to the next step with a breakpoint, wrapping around at the end."""
        for i in [*range(self.index + 1, len(self.steps)), *range(self.index)]:
            if self.steps[i].node in self.breakpoints:
                self._go(i)
                return
        self.message = "there is no other breakpoint; b sets one"

    # Anywhere --------------------------------------------------------------------------------

    @key("Down", "j", does="scroll down", anywhere=True)
    def down(self) -> None:
        """Scroll down by a line."""
        self.scroll += 1

    @key("Up", "k", does="scroll up", anywhere=True)
    def up(self) -> None:
        """Scroll up by a line."""
        self.scroll -= 1

    @key("PageDown", does="scroll down by a page", anywhere=True)
    def page_down(self) -> None:
        """Scroll down by a window."""
        self.scroll += self.page

    @key("PageUp", does="scroll up by a page", anywhere=True)
    def page_up(self) -> None:
        """Scroll up by a window."""
        self.scroll -= self.page

    @key("?", does="this help", brief="all keys", anywhere=True)
    def help(self) -> None:
        """Show every key."""
        self._open(help_page())

    @key("Esc", does="close what is open, stop playing")
    def stop(self) -> None:
        """Stop playing, as every key does that does not control playing."""

    @key("q", does="quit (so does Ctrl-C)", brief="quit", anywhere=True)
    def quit(self) -> None:
        """Quit."""
        self.over = True

    # What keys share -------------------------------------------------------------------------

    def press(self, name: str) -> bool:
        """Press a key: what is open on top gets it first."""
        self.message = ""
        if name not in ("Space", "+", "-"):
            self.playing = False
        try:
            return self._press(name)
        except TeachrnnError as error:
            self.message = str(error)
            return True

    def _press(self, name: str) -> bool:
        overlay = self.overlay
        if overlay is None:
            if name.isdecimal() and len(name) == 1:
                self._ask_place(name)
                return True
            return super().press(name)
        pressed = overlay.press(name)
        if not pressed:
            for binding in self.bindings:
                if binding.anywhere and name in binding.keys:
                    binding.action(self)
                    return True
        if overlay is self.overlay and not overlay.open:
            self._close()
        return pressed

    def tick(self) -> None:
        """Play one step on; stop at a breakpoint, at a question and at the end."""
        self.forward()
        if self.question or self.index == len(self.steps) - 1:
            self.playing = False
        elif self.is_breakpoint:
            self.playing = False
            self.message = "stopped at a breakpoint; Space plays on"

    def _go(self, index: int) -> None:
        self.index = max(0, min(index, len(self.steps) - 1))
        self.scroll = 0
        self.sought = ""

    def _leave_time(self, direction: int) -> None:
        here = (self.step.phase, self.step.t)
        index = self.index
        while 0 <= index < len(self.steps) and (self.steps[index].phase, self.steps[index].t) == here:
            index += direction
        self._go(index)

    def _to_difference(self, steps: Sequence[int]) -> None:
        if steps:
            self._go(steps[0])
        else:
            self.message = f"no{' further' if self.differences else ''} differences from your numbers"

    def _at_speed(self, speed: int) -> None:
        self.speed = max(0, min(speed, len(SPEEDS) - 1))
        self.message = f"{SPEEDS[self.speed]:g} steps per second"

    def _take_apart(self, *, stepping: bool) -> None:
        page = WhyPage(self.step, sought=self.sought, stepping=stepping)
        if page.open:
            self._open(page)
        else:
            self.message = "nothing was computed here, so there is nothing to take apart"

    def _ask_place(self, text: str) -> None:
        def accept(text: str) -> None:
            self._go(self.places.find(text, self.index))
            self.sought = text.strip()

        self.overlay = Prompt(":", accept, self._close, names=self.places.names, text=text)

    def _ask_number(self, question: Question) -> None:
        self.question = question
        self.overlay = Prompt(f"{question.asked}: ", partial(self._answer, question), self._close)

    def _answer(self, question: Question, text: str) -> None:
        try:
            right, self.message = question.judge(text)
        except TeachrnnError:
            self._ask_number(question)
            raise
        self.right += right
        self.asked += 1

    def _open(self, overlay: WhyPage | HelpPage | ProgramPage) -> None:
        self.overlay = overlay
        self.scroll = 0

    def _close(self) -> None:
        self.overlay = self.question = None
        self.scroll = 0

    # Looking ---------------------------------------------------------------------------------

    @property
    def step(self) -> StoryStep:
        """The current step."""
        return self.steps[self.index]

    @property
    def is_breakpoint(self) -> bool:
        """Whether the current step has a breakpoint."""
        return self.step.node in self.breakpoints

    @property
    def interval(self) -> float:
        """Seconds between two steps while playing."""
        return 1 / SPEEDS[self.speed]

    def head(self) -> Text:
        """Where the reader is, and which modes are on.

        Returns
        -------
        Text
            One line.
        """
        words = [
            "● breakpoint" if self.is_breakpoint else "",
            f"▶ {SPEEDS[self.speed]:g} steps/s" if self.playing else "",
            f"predict {self.right}/{self.asked}" if self.predicting else "",
        ]
        return Text("   ").join([self.text.head(self.index), *(Text(w) for w in words if w)])

    def body(self, width: int) -> list[Text]:
        """The contents of the middle of the screen, in full.

        Parameters
        ----------
        width : int
            Columns of the screen.

        Returns
        -------
        list of Text
            The lines.
        """
        extent = Extent(width, whole=self.everything)
        if isinstance(self.overlay, WhyPage | HelpPage | ProgramPage):
            return self.overlay.lines(extent)
        about = [] if self.index else [Text(printable(line), style="italic") for line in self.about]
        lines = self.text.lines(self.index, extent, hide=self.question is not None)
        return wrapped(about, width) + ([Text()] if about else []) + lines

    def status(self, width: int) -> list[Text]:
        """What is being typed, or the message of the last key.

        Parameters
        ----------
        width : int
            Columns of the screen.

        Returns
        -------
        list of Text
            The lines.
        """
        if not isinstance(self.overlay, Prompt):
            return wrapped([Text(printable(self.message))], width)
        prompt = self.overlay
        line = Text.assemble((printable(prompt.label), "bold"), printable(prompt.text), ("▏", ACCENT))
        line.append(f"   {printable(prompt.near)}" if prompt.near else "", "dim")
        said = [Text(printable(self.message))] if self.message else []
        return wrapped([*said, line], width)

    def hint(self, width: int) -> str:
        """The most important keys, as many as fit.

        Parameters
        ----------
        width : int
            Columns of the screen.

        Returns
        -------
        str
            One line.
        """
        return (self.overlay or self).brief(width)


def help_page() -> HelpPage:
    """Every key of the terminal, for the screen and for the documentation.

    Returns
    -------
    HelpPage
        The tables of keys.

    Examples
    --------
    >>> "next step" in help_page().markdown()
    True
    """
    return HelpPage(
        ("stepping", TerminalStepper),
        ("why, term by term", WhyPage),
        ("the program", ProgramPage),
        ("typing", Prompt),
    )
