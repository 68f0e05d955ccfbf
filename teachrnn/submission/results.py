"""Results of a program in another language: inputs and results in one file, under our names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.instance import Instance
from teachrnn.errors import ShapeError, SubmissionError
from teachrnn.models import CharRNN
from teachrnn.submission import lexicon
from teachrnn.submission.case import Case
from teachrnn.submission.convention import Convention
from teachrnn.submission.filling import looks_like_a_parameter
from teachrnn.submission.findings import factor_of, find_loss
from teachrnn.submission.form import Form
from teachrnn.submission.number_file import read_numbers, write_numbers
from teachrnn.submission.parameter_names import NameReading, readings
from teachrnn.submission.recognition import FAR_FETCHED
from teachrnn.submission.sequence_form import BATCH_X, SINGLE_X, SequenceForm, layouts_of
from teachrnn.submission.styles import styles
from teachrnn.submission.turned import orders_of, turned_forms

NumbersOfFile = Mapping[str, Array]
_ONE = [*SINGLE_X, *(SequenceForm(axes, tokens=True, base=1) for axes in ("1T", "T1"))]
"""Forms of one sequence; MATLAB has a row or a column of numbers from 1."""


@dataclass(frozen=True)
class Results:
    """Instances computed elsewhere, with their results.

    Attributes
    ----------
    cell : str
    dtype : dtype
        The coarsest of the gradients.
    instances, answers : list
        As `Instance` and `Answer` have them, one of each for every set of numbers in the file.
    convention : Convention
        All that was inferred.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp(), "instances.json")
    >>> instances = [Instance.draw("vanilla", T=3, hidden=2, symbols=4, seed=seed) for seed in (0, 1)]
    >>> export(file, instances)          # to be read by another program, which adds dU, dW ... and loss
    >>> sorted(read_numbers(file)["1"])
    ['U', 'V', 'W', 'b', 'c', 'h0', 'x', 'y']
    """

    cell: str
    dtype: np.dtype[Any]
    instances: list[Instance]
    answers: list[Answer]
    convention: Convention

    @classmethod
    def of(cls, path: str | Path, *, cell: str | None = None, inputs: str | Path | None = None) -> Self:
        """Read a file of inputs and results.

        Parameters
        ----------
        path : path
            A .npz, .mat or .json file: parameters, x, y and the initial state, gradients under names
            such as ``dU`` or ``grad_Wxh``, the loss; see `read_numbers`.
        cell : str, optional
            The cell, if it is known.
        inputs : path, optional
            A file that holds the inputs, where the results alone are in ``path``: that of `export`.

        Returns
        -------
        Results
            An instance and an answer for every set of numbers in the file.

        Raises
        ------
        SubmissionError
            Saying what is missing, or of which shape it is and should be.
        """
        sets = read_numbers(path)
        if inputs is not None:
            sets = {i: {**given, **sets.get(i, {})} for i, given in read_numbers(inputs).items()}
        found = [
            _Set(one, cell, f"{path}" + (f", set {i}" if i else "")).read() for i, one in sets.items()
        ]
        if not found:
            raise SubmissionError(f"{path} holds no numbers.")
        first = found[0]
        dtype = min((one.dtype for one in found), key=lambda d: d.itemsize)
        return cls(
            first.cell, dtype, [o.instance for o in found], [o.answer for o in found], first.convention
        )


def export(path: str | Path, instances: Sequence[Instance], *, base: int = 0) -> None:
    """Write instances for a program in another language: U, W, b, V, c, x, y and h0, numbered from 1.

    Parameters
    ----------
    path : path
        Of a .npz, .json or .mat file.
    instances : sequence of Instance
        One sequence each, or several: x is (T,) or (T, B).
    base : int
        What the first symbol is called in x and y: 1 for MATLAB, Octave, R, Julia.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp(), "instances.npz")
    >>> export(file, [Instance.draw("vanilla", T=3, hidden=2, symbols=4)])
    >>> file.exists()
    True
    """
    sets = {}
    for i, instance in enumerate(instances, 1):
        one = {name: np.array(p) for name, p in instance.model.parameters.items()}
        one |= {"x": instance.x + base, "y": instance.y + base}
        one |= {f"{name}0": state for name, state in instance.state.items()}
        sets[str(i)] = one
    write_numbers(path, sets)


@dataclass(frozen=True)
class _Read:
    cell: str
    instance: Instance
    answer: Answer
    convention: Convention
    dtype: np.dtype[Any]


@dataclass
class _Set:
    """One set of numbers while it is read."""

    numbers: NumbersOfFile
    cell: str | None
    where: str

    def read(self) -> _Read:
        gradients = {n: b for n in self.numbers if (b := lexicon.gradient_of(n)) and b in self.numbers}
        loss = next((a for n, a in self.numbers.items() if lexicon.is_loss(n) and a.size == 1), None)
        inputs = [n for n in self.numbers if n not in gradients]
        names = [n for n in inputs if looks_like_a_parameter(n) and self.numbers[n].size > 1]
        best: tuple[Instance, NameReading, dict[str, Form], str] | None = None
        for instance, reading, made in self._instances(names, inputs):
            case = Case(instance)
            as_ours = None if loss is None else find_loss(loss, case)
            if as_ours is not None or (loss is None and self._values(case)):
                return self._answered(
                    instance, reading, made, as_ours[0] if as_ours else "", loss, gradients
                )
            if best is None:
                best = instance, reading, made, "sum"
        if best is None:
            known = ", ".join(f"{n} {a.shape}" for n, a in self.numbers.items())
            raise SubmissionError(
                f"{self.where}: the arrays {known} are no network that is known. Needed are the "
                "parameters (U, W, b, V, c, or usual names), x, y, gradients (dU ...) and the loss."
            )
        return self._answered(*best, loss, gradients, right=loss is None)

    def _instances(
        self, names: Sequence[str], inputs: Sequence[str]
    ) -> Iterator[tuple[Instance, NameReading, dict[str, Form]]]:
        shapes = {n: self.numbers[n].shape for n in names}
        dims = sorted({d for shape in shapes.values() for d in shape})
        first: int | None = None
        for reading in readings(names, cell=self.cell):
            if first is not None and reading.weight > first + FAR_FETCHED:
                return
            for m in dims:
                for K in dims:
                    like = _blank(reading.cell, m, K)
                    if next(self._fitting(next(orders_of(reading)), shapes, like), None) is None:
                        continue
                    first = reading.weight if first is None else first
                    for made in orders_of(reading):
                        for turned in self._fitting(made, shapes, like):
                            for instance in self._with_data(turned, like, inputs):
                                yield instance, reading, turned

    def _fitting(
        self, made: dict[str, Form], shapes: Mapping[str, tuple[int, ...]], like: Instance
    ) -> Iterator[dict[str, Form]]:
        case = Case(like)
        seen = []
        for style in styles(False, all_of_them=False):
            turned = turned_forms(made, style, dict(shapes), case)
            if turned is None:
                return
            if turned not in seen:
                seen.append(turned)
                yield turned

    def _with_data(
        self, turned: dict[str, Form], like: Instance, inputs: Sequence[str]
    ) -> Iterator[Instance]:
        model = _blank(like.model.cell.name, like.model.hidden, like.model.symbols).model
        values = {n: np.zeros_like(p) for n, p in model.parameters.items()}
        for name, form in turned.items():
            for parameter, part in form.decode(self.numbers[name], dict(model.parameters)).items():
                if parameter in values:
                    values[parameter] = values[parameter] + part
        model.set_parameters(**values)
        data = {
            role: [n for n in inputs if role in lexicon.roles(n) and n not in turned]
            for role in ("x", "y", "h", "s")
        }
        for x_name in data["x"]:
            for y_name in data["y"]:
                if x_name == y_name:
                    continue
                for x, y in self._sequences(x_name, y_name, model.symbols):
                    yield Instance(model, x, y, self._state(data, model, x))

    def _sequences(self, x_name: str, y_name: str, K: int) -> Iterator[tuple[Array, Array]]:
        for forms in (_ONE, BATCH_X):
            for form in forms:
                x = _symbols(self.numbers[x_name], form, K)
                if x is None:
                    continue
                for other in forms:
                    y = _symbols(self.numbers[y_name], other, K)
                    if y is not None and y.shape == x.shape:
                        yield (x[:, 0], y[:, 0]) if forms is _ONE else (x, y)

    def _state(self, data: Mapping[str, Sequence[str]], model: CharRNN, x: Array) -> dict[str, Array]:
        shape = x.shape[1:]
        found = {}
        for role in model.state_names():
            found[role] = np.zeros((*shape, model.hidden))
            for name in data[role]:
                array = np.squeeze(np.asarray(self.numbers[name], dtype=float))
                if array.shape == found[role].shape:
                    found[role] = array
                    break
                if array.T.shape == found[role].shape:
                    found[role] = array.T
                    break
        return found

    def _values(self, case: Case) -> dict[str, Array]:
        """Those of h, s, o and p that the file holds correctly."""
        found = {}
        for array in self.numbers.values():
            for ours, right in case.right.items():
                for _, read in layouts_of(array, case.T, case.B, right.shape[-1]):
                    if read.shape == right.shape and np.allclose(read, right, rtol=5e-4, atol=5e-4):
                        like = (case.T, -1) if case.instance.x.ndim == 1 else right.shape
                        found[ours] = read.reshape(like)
        return found

    def _answered(
        self,
        instance: Instance,
        reading: NameReading,
        made: dict[str, Form],
        how: str,
        loss: Array | None,
        gradients: Mapping[str, str],
        right: bool = True,
    ) -> _Read:
        case = Case(instance)
        factor = factor_of(how, case) if how else 1.0
        ours: dict[str, Array] = {}
        remarks = []
        dtypes = [np.dtype(np.float64)]
        for theirs, of in gradients.items():
            if of not in made:
                continue
            array = self.numbers[theirs]
            dtypes += [array.dtype] if array.dtype.kind == "f" else []
            try:
                ours |= made[of].decode(np.asarray(array, dtype=float), case.parameters)
            except ShapeError as error:
                remarks.append(f"`{theirs}`, the gradient of `{of}`, {error}")
        if not ours:
            raise SubmissionError(
                f"{self.where}: no gradient was found among {', '.join(self.numbers)}: call that of "
                f"`{next(iter(made))}` `d{next(iter(made))}`."
            )
        right = right and (loss is None or (how != "" and find_loss(loss, case) is not None))
        facts = {
            "cell": f"The cell is {reading.cell}.",
            "parameters": ", ".join(f"`{n}` holds {', '.join(f.parameters)}" for n, f in made.items())
            + ".",
        }
        if loss is not None:
            facts["loss"] = (
                f"The loss is a {how}." if right else "The loss in the file is not that of its numbers."
            )
        return _Read(
            reading.cell,
            instance,
            Answer(
                {n: g / factor for n, g in ours.items() if n != "E"},
                None if loss is None else float(loss.ravel()[0]) / factor,
                self._values(case),
                remarks=remarks,
            ),
            Convention(facts, how, right),
            min(dtypes, key=lambda d: d.itemsize),
        )


def _blank(cell: str, m: int, K: int) -> Instance:
    model = CharRNN(hidden=m, symbols=K, cell=cell, rng=np.random.default_rng(0))
    return Instance(model, np.zeros(1, dtype=int), np.zeros(1, dtype=int), model.initial_state())


def _symbols(given: Array, form: SequenceForm, K: int) -> Array | None:
    """Symbols as (T, B), if the given array has that form."""
    if form.container != "array" and form.tokens is False:
        return None
    if given.ndim != len(form.axes) or form.padding:
        return None
    letters = [letter for letter in form.axes if letter != "1"]
    if any(n != 1 for n, letter in zip(given.shape, form.axes, strict=True) if letter == "1"):
        return None
    array = given.reshape([n for n, letter in zip(given.shape, form.axes, strict=True) if letter != "1"])
    if not form.tokens:
        at = letters.index("D")
        if (
            array.shape[at] != K
            or not np.isin(array, (0, 1)).all()
            or not (array.sum(axis=at) == 1).all()
        ):
            return None
        array = array.argmax(axis=at)
        letters.pop(at)
    else:
        array = np.asarray(array) - form.base
        if (array != np.round(array)).any() or array.min() < 0 or array.max() >= K:
            return None
    if letters == ["B", "T"]:
        array = array.T
    return np.asarray(array, dtype=int).reshape(array.shape[0], -1)
