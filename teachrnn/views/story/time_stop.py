"""A story by time steps: one stop for each on the way forward, and one on the way back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from teachrnn.backprop import Backprop
from teachrnn.formulas.name import Name
from teachrnn.gradients import Gradients
from teachrnn.op import Op, Value
from teachrnn.trace import Trace
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import Telling, listed, mean, norm, number
from teachrnn.views.story.step import Phase, StoryStep
from teachrnn.views.story.structure import is_earlier

FEW = 2
"""If there are more states, a sentence gives only their number."""
UNTIMED = "No time step is counted here."


@dataclass(frozen=True)
class TimeStop:
    """All that happens at one time step, in one direction.

    Attributes
    ----------
    phase : {"forward", "turn", "backward"}
        Direction; the turning point is a stop of its own.
    t : int or None
        The time step; None for what belongs to none.
    heading, sentence : str
        What it means here.
    first, last : int
        Its first and its last step in the story.
    principal : int
        The step whose formula stands for all: forward the one that makes the state, on the way back the
        one at which the state's gradient is complete.

    Examples
    --------
    >>> from teachrnn.runs.small_network import small_network
    >>> from teachrnn.views.story import tell
    >>> network = small_network("hello")
    >>> story = tell(network.trace, network.symbols)
    >>> stops = time_stops(network.trace, story, network.symbols)
    >>> [stop.heading for stop in stops[3:6]]
    ['Step 4 reads “l”', 'The turning point: from here, back through time', 'Back through step 4']
    >>> story[stops[0].principal].title, story[stops[-1].principal].heading
    ('h[1] = Tanh(a[1])', 'Two gradients meet at h₁')
    """

    phase: Phase
    t: int | None
    heading: str
    sentence: str
    first: int
    last: int
    principal: int


def time_stops(
    trace: Trace, steps: Sequence[StoryStep], symbols: Sequence[str] | None = None
) -> list[TimeStop]:
    """The stops of a story.

    Parameters
    ----------
    trace : Trace
        The record.
    steps : sequence of StoryStep
        Its story.
    symbols : sequence of str, optional
        What the token numbers stand for.

    Returns
    -------
    list of TimeStop
        In the order of the story; they cover it without a gap.

    Examples
    --------
    >>> from teachrnn.runs.small_network import small_network
    >>> from teachrnn.views.story import tell
    >>> network = small_network("ab")
    >>> [(s.phase, s.t) for s in time_stops(network.trace, tell(network.trace))]
    [('forward', 1), ('turn', None), ('backward', 1)]
    """
    told = _Stops(trace, steps, symbols)
    runs = groupby(range(len(steps)), key=lambda i: (steps[i].phase, steps[i].t))
    return [told.stop(phase, t, list(run)) for (phase, t), run in runs]


class _Stops:
    def __init__(self, trace: Trace, steps: Sequence[StoryStep], symbols: Sequence[str] | None) -> None:
        self.trace, self.steps = trace, steps
        self.telling = Telling(trace, symbols)
        self.structure = self.telling.structure
        self.at: dict[int | None, list[Value]] = defaultdict(list)
        for value in trace.values:
            self.at[value.t].append(value)
        # Of the losses by name: the sweep that the reader may be in the middle of stays as it is.
        self.found = Backprop(trace, losses=trace.losses).run().found if trace.losses else Gradients()

    def stop(self, phase: Phase, t: int | None, run: list[int]) -> TimeStop:
        if phase == "turn":
            step = self.steps[run[0]]
            said, principal = Said(step.heading, step.sentence), run[0]
        else:
            state = self._state(run)
            principal = self._principal(phase, state, run)
            with np.errstate(all="ignore"):
                said = self._forward(t) if phase == "forward" else self._backward(t, state)
        return TimeStop(phase, t, said.heading, said.sentence, run[0], run[-1], principal)

    def _made(self, run: list[int]) -> list[Value]:
        """What the operations of these steps made, in the order of the record."""
        nodes = [node for k in run if (node := self.steps[k].node) is not None]
        return [self.trace.values[node] for node in sorted(set(nodes))]

    def _state(self, run: list[int]) -> Value | None:
        """The last state that is made there: of the top layer, the one that is read out."""
        states = [v for v in self._made(run) if self.structure.is_state(v)]
        return states[-1] if states else None

    def _principal(self, phase: Phase, state: Value | None, run: list[int]) -> int:
        if state is None:
            return run[-1] if phase == "forward" else run[0]
        made = next(k for k in run if self.steps[k].node == state.index)
        if phase == "forward":
            return made
        reached = [k for k in run if any(o.target == state.index for o in self.steps[k].outcomes)]
        return reached[-1] if reached else made

    def _states(self, t: int, like: Value | None = None) -> list[Value]:
        """The states of a time step; those of one layer, the layer of another state."""
        found = [v for v in self.at[t] if self.structure.is_state(v)]
        if like is None:
            return found
        return [v for v in found if Name.of(v.name).layer == Name.of(like.name).layer]

    def _name(self, value: Value) -> str:
        return self.telling.names.of(value)

    @property
    def _untimed(self) -> str:
        return "what belongs to no time step" if self.trace.T else "all operations"

    # Forward ---------------------------------------------------------------------------------

    def _forward(self, t: int | None) -> Said:
        if t is None:
            return Said.of(f"Forward through {self._untimed}", UNTIMED)
        value = self.structure.read.get(t)
        symbol = self.telling.symbol(value)
        heading = f"Step {t} reads {symbol}" if symbol else f"Step {t}, forward"
        if value is not None and not symbol:
            heading = f"Step {t} reads a symbol of each text"
        vectors = [v for v in self.at[t] if v.role == "input"]
        if value is None and vectors and vectors[0].data.dtype.kind == "f":
            symbol = self._name(vectors[0])
            heading = f"Step {t} reads {symbol}"
        return Said.of(heading, self._new_state(t, symbol), self._expected(t), self._surprise(t))

    def _new_state(self, t: int, symbol: str) -> str:
        now = [v for v in self._states(t) if self.structure.state_at(v, t - 1) is not None]
        if not now:
            return "Nothing is handed on from step to step here."
        begin = f"Reading {symbol}" if symbol else "The input"
        if len(now) > FEW:
            return f"{begin} renews all {len(now)} states."
        before = [self.structure.state_at(v, t - 1) for v in now]
        old = listed([self._name(v) for v in before if v is not None])
        return f"{begin} turns {old} into {listed([self._name(v) for v in now])}."

    def _expected(self, t: int) -> str:
        scores = next((v for v in self.at[t] if self.structure.scores(v)), None)
        best = "" if scores is None else self.telling.most_expected(scores.data)
        text = self.telling.had_read(t)
        having = f"Having read {text}, the network" if text else "The network"
        return f"{having} expects {best}." if best else ""

    def _surprise(self, t: int) -> str:
        loss = self.structure.surprises.get(t)
        if loss is None:
            return ""
        symbol = self.telling.symbol(loss.operands[1])
        if not symbol:
            return f"What comes is a surprise of {mean(loss.data)} nats on average."
        return f"What comes is {symbol}: a surprise of {number(loss.data)} nats."

    # Back ------------------------------------------------------------------------------------

    def _backward(self, t: int | None, state: Value | None) -> Said:
        if t is None:
            return Said.of(f"Back through {self._untimed}", UNTIMED, self._part(t))
        heading = f"Back through step {t}"
        if state is None or self.found.gradient(state) is None:
            return Said.of(heading, "No gradient of a state comes by here.", self._part(t))
        return Said.of(heading, self._meeting(state), self.telling.faded(state), *self._on(t, state))

    def _meeting(self, state: Value) -> str:
        h, terms = self._name(state), self.found.terms(state)
        future = [term.gradient for term in terms if is_earlier(state, term.user)]
        here = [term.gradient for term in terms if not is_earlier(state, term.user)]
        total = self.found.gradient(state)
        assert total is not None
        if not future:
            return (
                f"Nothing comes from the future: d{h} is what step {state.t} itself sends back, "
                f"norm {number(norm(total))}."
            )
        later = number(norm(sum(future[1:], start=future[0])))
        if not here:
            return f"At {h} the gradient comes from the future alone, norm {later}."
        now = number(norm(sum(here[1:], start=here[0])))
        return (
            f"At {h} two gradients add: from step {state.t} itself, norm {now}, and from the future, "
            f"{later}."
        )

    def _on(self, t: int, state: Value) -> tuple[str, str]:
        """What goes on to the states before, and to the parameters; what matters more comes first."""
        before = [v for v in self._states(t - 1, state) if self.found.terms(v)]
        part = self._part(t)
        if not before:
            return part, ""
        if all(not isinstance(v, Op) for v in before):
            verb = "was given" if len(before) == 1 else "were given"
            return f"The way back ends at {listed([self._name(v) for v in before])}, which {verb}.", part
        norms = []
        for v in before:
            parts = [term.gradient for term in self.found.terms(v) if term.user.t == t]
            norms.append(f"{number(norm(sum(parts[1:], start=parts[0])))} at {self._name(v)}")
        return part, f"What goes on has norm {listed(norms)}."

    def _part(self, t: int | None) -> str:
        """Which part of their gradients the parameters get."""
        counts = set()
        for value in self.trace.parameters.values():
            times = [user.t for user, _ in self.found.uses.get(value.index, ())]
            if times.count(t) == 1:
                counts.add((times.index(t) + 1, len(times)))
        if len(counts) != 1:
            return ""
        ((count, of),) = counts
        if of == 1:
            return "Each parameter gets its gradient."
        which = f"the last of {of} parts" if count == of else f"part {count} of {of}"
        return f"Each parameter gets {which}."
