"""The reader's own numbers, shown beside the right ones."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike

from teachrnn.array import Array
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.columns import read_from_columns
from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.rounding import TOLERANCE, gradient_units
from teachrnn.errors import DomainError, NameLookupError, ShapeError
from teachrnn.formulas.name import Name, timeless
from teachrnn.trace import Trace
from teachrnn.triangle import Triangle
from teachrnn.views.story.step import Given, Quantity, StoryStep


@dataclass(frozen=True, eq=False)
class Yours:
    """What your own code computes for the values of a trace: a view shows both, and where they differ.

    Names are those of the trace. A name without a time step means all steps, with time as the first
    axis: ``h`` of shape (T, m) is ``h[1]`` to ``h[T]``; of shape (T + 1, m), it includes ``h[0]``.

    Parameters
    ----------
    values : mapping of str to array, optional
        Values of the forward pass: ``h[3]``, ``h``, or ``L``, the loss of the whole sequence.
    gradients : mapping of str to array, optional
        Gradients of the summed loss, by the name of the value, ``W``, or their own, ``dW``.
    tolerance : float or mapping of str to float, optional
        The largest difference that still counts as equal: one for all, or by name as the view shows it
        (``dW``, ``da[2]``, or ``da`` for all steps). By default, what rounding can explain: 1e-12 in
        float64, 1e-4 in float32, times the sum of the absolute values of a gradient's terms, or
        times a value's size.
    notes : mapping of str to str, optional
        How a number was obtained, by name as the view shows it.
    title : str
        What the numbers are called where they are compared: "yours", "no carry".
    triangle : Triangle, optional
        How far each loss reaches back in the states, where that is known: gradients alone do not tell.

    Examples
    --------
    >>> from teachrnn import CharRNN, backpropagate
    >>> from teachrnn.views.story import tell
    >>> model = CharRNN(hidden=2, symbols=3, scale=0.5, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1], [1, 2])
    >>> own = backpropagate(trace).gradients()
    >>> story = tell(trace, yours=Yours(gradients={**own, "W": own["W"].T}))
    >>> [(step.title, [q.name for q in step.differing]) for step in story if step.differing]
    [('back through r[1] = Affine(h[0], W, b)', ['dW'])]
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    gradients: Mapping[str, Any] = field(default_factory=dict)
    tolerance: float | Mapping[str, float] | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    title: str = "yours"
    triangle: Triangle | None = None

    @classmethod
    def of(cls, instance: Instance, answer: Answer, dtype: DTypeLike = np.float64) -> Self:
        """What a student's code returned for an instance of the diagnosis.

        The gradients of the pre-activations, which hardly any code returns, are read from dU if
        possible: for one sequence in which no symbol occurs twice, each step has its own column.

        Parameters
        ----------
        instance : Instance
            The instance.
        answer : Answer
            What the code returned for it. Values that the trace does not have are left out.
        dtype : dtype
            The precision in which the code computes.

        Returns
        -------
        Yours
            The numbers, for a view of ``instance.trace``.

        Examples
        --------
        >>> from teachrnn.diagnosis.answer import Answer
        >>> instance = Instance.draw("vanilla", T=3, hidden=2, symbols=4, distinct=True)
        >>> sorted(Yours.of(instance, Answer(instance.gradients)).gradients)[:6]
        ['U', 'V', 'W', 'a[1]', 'a[2]', 'a[3]']
        """
        trace = instance.trace
        values: dict[str, Any] = {
            n: x for n, x in answer.values.items() if n in trace or _times(trace, n)
        }
        if answer.loss is not None:
            values[TOTAL] = answer.loss
        read = read_from_columns(instance, answer.gradients)
        gradients = {**{name: column.data for name, column in read.items()}, **answer.gradients}
        return cls(
            {name: np.asarray(x, dtype) for name, x in values.items()},
            {name: np.asarray(x, dtype) for name, x in gradients.items()},
            notes={f"d{name}": f"column {c.symbol} of your d{c.table}" for name, c in read.items()},
        )

    def beside(self, steps: Sequence[StoryStep], trace: Trace) -> list[StoryStep]:
        """The story with these numbers beside its own.

        A gradient is compared where it is complete, because a sum that is still growing is not yet the
        number that was given.

        Parameters
        ----------
        steps : sequence of StoryStep
            The story.
        trace : Trace
            The record that the story was made from.

        Returns
        -------
        list of StoryStep
            The steps, in which the quantities that were given have ``yours``.

        Raises
        ------
        NameLookupError
            If the trace has no value of a name.
        ShapeError
            If an array has not the shape of the right one.
        DomainError
            If an array does not hold numbers.
        """
        complete = {q.name: q.data for step in steps for q in _shown(step)}  # the last of a name stays
        given = self.compared(trace, complete)

        def noted(q: Quantity) -> Quantity:
            own = given.get(q.name)
            return q if own is None or q.data is not complete[q.name] else replace(q, yours=own)

        def all_noted(quantities: list[Quantity]) -> list[Quantity]:
            return [noted(q) for q in quantities]

        return [
            replace(
                step,
                operands=all_noted(step.operands),
                outcomes=[replace(o, quantities=all_noted(o.quantities)) for o in step.outcomes],
            )
            for step in steps
        ]

    def compared(self, trace: Trace, right: Mapping[str, Array]) -> dict[str, Given]:
        """These numbers compared with the right ones.

        Parameters
        ----------
        trace : Trace
            The record.
        right : mapping of str to ndarray
            The right numbers by the names of the story, ``h[3]`` and ``dh[3]``. Numbers with other names
            (gradients, before backpropagation) are not compared.

        Returns
        -------
        dict of str to Given
            The comparisons, by the names of the story.

        Raises
        ------
        NameLookupError
            If the trace has no value of a name.
        ShapeError
            If an array has not the shape of the right one.
        DomainError
            If an array does not hold numbers.
        """
        units = _units(trace)
        found = {}
        for kind, handed in (("", self.values), ("d", self.gradients)):
            for name, data in handed.items():
                for value, own in _at_each_step(trace, name, _array(name, data), kind):
                    shown = kind + value
                    if shown in right:
                        unit = units.get(shown, 1.0)
                        found[shown] = self._given(shown, own, right[shown], unit)
        return found

    def _given(self, name: str, own: Array, right: Array, unit: float) -> Given:
        tolerance = self._tolerance(name)
        if tolerance is None:
            coarse = {a.dtype for a in (own, right)} & {np.dtype(np.float32), np.dtype(np.float16)}
            tolerance = TOLERANCE[np.dtype(np.float32 if coarse else np.float64)] * unit
        own = own.astype(float)
        with np.errstate(all="ignore"):
            same = np.isclose(own, right, rtol=0, atol=tolerance, equal_nan=True)
        return Given(own, ~same, self.notes.get(name, ""))

    def _tolerance(self, name: str) -> float | None:
        if not isinstance(self.tolerance, Mapping):
            return self.tolerance
        return self.tolerance.get(name, self.tolerance.get(timeless(name)))


def differences(steps: Sequence[StoryStep]) -> list[int]:
    """The steps of a story at which the reader's numbers differ from it, in order.

    Parameters
    ----------
    steps : sequence of StoryStep
        The story, made with `Yours`.

    Returns
    -------
    list of int
        Their positions in the story.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> from teachrnn.views.story import tell
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1], [1, 2])
    >>> story = tell(trace, yours=Yours({"h[2]": [0.0, 0.0]}))
    >>> [story[i].title for i in differences(story)]
    ['h[2] = Tanh(a[2])']
    """
    seen: set[str] = set()
    found = []
    for i, step in enumerate(steps):
        new = {q.name for q in step.differing} - seen
        if new:
            found.append(i)
            seen |= new
    return found


def opening(steps: Sequence[StoryStep]) -> int:
    """The step at which a view opens: the first at which the reader's numbers differ, or the first.

    Parameters
    ----------
    steps : sequence of StoryStep
        The story, made with or without `Yours`.

    Returns
    -------
    int
        Its position in the story.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> from teachrnn.views.story import tell
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1], [1, 2])
    >>> opening(tell(trace)), opening(tell(trace, yours=Yours({"h[1]": [0.0, 0.0]})))
    (0, 3)
    """
    return next(iter(differences(steps)), 0)


def verdict(steps: Sequence[StoryStep]) -> str:
    """How the reader's numbers compare with a story, in a sentence or two.

    Parameters
    ----------
    steps : sequence of StoryStep
        The story, made with `Yours`.

    Returns
    -------
    str
        How many arrays were compared, which differ, and where the first of them is.

    Examples
    --------
    >>> from teachrnn import CharRNN
    >>> from teachrnn.views.story import tell
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> trace = model.record([0, 1], [1, 2])
    >>> print(verdict(tell(trace, yours=Yours({"h[1]": trace["h[1]"].data, "h[2]": [0.0, 0.0]}))))
    Of your 2 arrays, 1 differs (≠): h[2]. The first difference is at step 10: h[2] = Tanh(a[2]).
    """
    own = {q.name: q.yours for step in steps for q in _shown(step) if q.yours is not None}
    wrong = [name for name, given in own.items() if given.wrong]
    arrays = "1 array" if len(own) == 1 else f"{len(own)} arrays"
    if not own:
        return "None of your numbers was compared."
    if not wrong:
        return f"Compared with your {arrays}: all agree."
    first = differences(steps)[0]
    rest = len(wrong) - MOST_NAMED
    names = ", ".join(wrong[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
    verb = "differs" if len(wrong) == 1 else "differ"
    return (
        f"Of your {arrays}, {len(wrong)} {verb} (≠): {names}. "
        f"The first difference is at step {first + 1}: {steps[first].title}."
    )


MOST_NAMED = 8
"""Maximum number of names that a sentence lists."""


def _shown(step: StoryStep) -> Iterator[Quantity]:
    yield from step.operands
    for outcome in step.outcomes:
        yield from outcome.quantities


def _array(name: str, data: Any) -> Array:
    array = np.asarray(data)
    if array.dtype.kind not in "biuf":
        raise DomainError(f"yours: `{name}` must hold real numbers; its dtype is {array.dtype}.")
    return array


def _at_each_step(trace: Trace, name: str, own: Array, kind: str) -> Iterator[tuple[str, Array]]:
    """The arrays that were given under a name, each with the name of its value."""
    known = name if name in trace or _times(trace, name) else name.removeprefix(kind)
    times = _times(trace, known)
    if known in trace:
        yield known, _fitting(kind + known, own, trace[known].shape)
    elif known == TOTAL and not kind and own.ndim == 0:
        yield known, own
    elif times:
        shape = trace[f"{known}[{times[-1]}]"].shape
        count = len(own) if own.ndim else 0
        later = [t for t in times if t > 0]
        if own.shape[1:] != shape or count not in (len(times), len(later)):
            raise ShapeError(
                f"yours: `{kind}{known}` has shape {own.shape}; {kind}{known}[{later[0]}] to "
                f"{kind}{known}[{later[-1]}] have shape {shape}, so it must have {(len(later), *shape)}."
            )
        for t, row in zip(times[-count:], own, strict=True):
            yield f"{known}[{t}]", row
    else:
        names = [timeless(v.name) for v in trace.values]
        near = difflib.get_close_matches(known, dict.fromkeys(names), n=4, cutoff=0.0)
        raise NameLookupError(f"yours: the trace has no value {name!r}; near: {', '.join(near)}.")


TOTAL = "L"
"""The loss of the whole sequence, as the story calls it."""


def _times(trace: Trace, name: str) -> list[int]:
    return sorted(
        v.t for v in trace.values if v.t is not None and v.name == str(Name.of(name).at(v.t)) != name
    )


def _fitting(name: str, own: Array, shape: tuple[int, ...]) -> Array:
    if own.shape != shape:
        raise ShapeError(f"yours: `{name}` has shape {own.shape}; the right one has {shape}.")
    return own


def _units(trace: Trace) -> dict[str, float]:
    """The sizes relative to which a rounding error is measured, by the names of the story."""
    units = {
        v.name: 1 + float(np.abs(v.data[np.isfinite(v.data)]).max(initial=0.0)) for v in trace.values
    }
    if trace.losses:
        units[TOTAL] = 1 + float(np.abs(trace.total_loss))
        units |= {f"d{name}": unit for name, unit in gradient_units(trace).items()}
    return units


def _largest(data: Array) -> float:
    return float(np.abs(data[np.isfinite(data)]).max(initial=0.0))
