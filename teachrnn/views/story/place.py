"""Finding a step of a story: by time step, by name, by operation."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence

from teachrnn.errors import NameLookupError
from teachrnn.views.story import StoryStep


class Places:
    """Find a step of a story.

    A value is found where it is made, a parameter or an input where it is first used, a gradient where
    its last part arrives, a part where it arrives.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN
    >>> from teachrnn.views.story import tell
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> story = tell(model.record([0, 1], [1, 2]))
    >>> places = Places(story)
    >>> story[places.find("h[2]", 0)].title, story[places.find("dW", 0)].title
    ('h[2] = Tanh(a[2])', 'back through r[1] = Affine(h[0], W, b)')
    >>> [places.find(text, 0) == places.find("dh[2]", 0) for text in ("dh2", "dh_2", "dh₂")]
    [True, True, True]
    >>> places.find("h[3]", 0)
    Traceback (most recent call last):
    ...
    teachrnn.errors.NameLookupError: nothing is named 'h[3]'; near: h[2], h[1], h[0], dh[2].
    """

    def __init__(self, steps: Sequence[StoryStep]) -> None:
        self.steps = steps
        self.names: dict[str, int] = {}
        for i, step in enumerate(steps):
            for quantity in step.operands:
                self.names.setdefault(quantity.name, i)
            for outcome in step.outcomes:
                for quantity in outcome.quantities:
                    if quantity.letter.kind == "immediate":  # a part is shown again beside the next one
                        self.names.setdefault(quantity.name, i)
                    else:
                        self.names[quantity.name] = i
        self.times = sorted({s.t for s in steps if s.t is not None})
        self.ops = sorted({s.op for s in steps if s.op})

    def find(self, text: str, here: int) -> int:
        """The step of a time, of the same direction as the step ``here``, or of a name.

        Raises
        ------
        NameLookupError
            With the most similar names, or the time steps that exist.
        """
        text = text.strip()
        if text in self.names:
            return self.names[text]
        time = _TIME.fullmatch(text)
        if time:
            return self._time(int(time[1]), here)
        for name, place in self.names.items():
            if _plainly(name) == _plainly(text):
                return place
        near = difflib.get_close_matches(text, self.names, n=4, cutoff=0.4) or list(self.names)[:4]
        raise NameLookupError(f"nothing is named {text!r}; near: {', '.join(near)}.")

    def _time(self, t: int, here: int) -> int:
        phase = "backward" if self.steps[here].phase == "backward" else "forward"
        for i, step in enumerate(self.steps):
            if step.phase == phase and step.t == t:
                return i
        if not self.times:
            raise NameLookupError(f"there is no time step {t}: this record has no time steps.")
        raise NameLookupError(
            f"there is no time step {t}: they are {self.times[0]} to {self.times[-1]}."
        )

    def next_op(self, text: str, here: int) -> int:
        """The next step, wrapping around at the end, whose operation's name begins with the text.

        Raises
        ------
        NameLookupError
            With the operations that occur.
        """
        wanted = text.strip().casefold()
        count = len(self.steps)
        for i in range(here + 1, here + 1 + count):
            op = self.steps[i % count].op.casefold()
            if op and wanted and op.startswith(wanted):
                return i % count
        raise NameLookupError(f"no operation is named {text!r}; there are: {', '.join(self.ops)}.")


_TIME = re.compile(r"(?:t\s*=?\s*)?(\d+)", re.ASCII)
_LEFT_OUT = re.compile(r"[\[\]_\s.(){}]")


def _plainly(name: str) -> str:
    """A name without what people leave out when they type it."""
    return _LEFT_OUT.sub("", unicodedata.normalize("NFKC", name))
