"""A student's update, without a network, as something that can be asked what it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.updates import CLIPPING, TrainingAnswer
from teachrnn.errors import SubmissionError
from teachrnn.submission.limits import Paper, StudentError, call
from teachrnn.submission.run import by_name
from teachrnn.submission.training_steps.hyper_names import HANDED, hyper_called
from teachrnn.submission.training_steps.kept_arrays import entries, fill, kept_in
from teachrnn.submission.training_steps.step_code import optimizer_named
from teachrnn.submission.training_steps.step_run import THIRD
from teachrnn.submission.training_steps.update_code import (
    CONFIG,
    GRADIENTS,
    KEPT,
    PARAMETERS,
    UpdateCode,
)

SHAPES = {"W": (3, 4), "b": (4,), "V": (2, 3)}
Holder = Literal["dict", "dict of d", "list", "array"]
HOLDERS: tuple[Holder, ...] = ("dict", "list", "array", "dict of d")
READS = (AttributeError, IndexError, KeyError, TypeError, ValueError, StudentError)


@dataclass(frozen=True)
class UpdateCase:
    """The numbers of one update.

    Attributes
    ----------
    scale : float
        Of its gradients.
    seed : int
        Of its random numbers.
    """

    scale: float
    seed: int

    @property
    def said_sizes(self) -> str:
        """Its sizes in words."""
        return f"gradients of a size of {self.scale:g}"

    @classmethod
    def draw(cls, *, scale: float = 0.7, seed: int = 0, **sizes: Any) -> Self:
        """A case, of the scale of a network's weights.

        Parameters
        ----------
        scale : float
            Of the weights; of 3, gradients are large.
        seed : int
            Of its random numbers.
        **sizes
            Of a network: an update has none.

        Returns
        -------
        UpdateCase
            The case.
        """
        return cls(20.0 if scale > 2 else scale, seed)


class UpdateSubmission:
    """An update of a student's.

    Attributes
    ----------
    said : str
        Its name.
    optimizer : str
        The optimizer that it says it is.
    """

    def __init__(self, code: UpdateCode, holder: Holder) -> None:
        self.code, self.holder = code, holder
        self.said = code.said
        named = optimizer_named(code.said) or code.code.optimizer
        self.optimizer = CLIPPING if code.clips else named
        self.dtype = np.dtype(np.float64)

    @classmethod
    def of(cls, code: UpdateCode) -> Self:
        """Find out in what it takes its arrays.

        Parameters
        ----------
        code : UpdateCode
            The function or class.

        Returns
        -------
        UpdateSubmission
            What answers on a case.

        Raises
        ------
        SubmissionError
            Saying what could not be called.
        """
        failure = ""
        for holder in HOLDERS:
            found = cls(code, holder)
            try:
                found.answer(UpdateCase(1.0, 1), seed=1, limit=1.0)
            except SubmissionError as error:
                failure = failure or str(error)
            else:
                return found
        raise SubmissionError(f"{code.said} could not be called: {failure}")

    def draw(self, **settings: Any) -> UpdateCase:
        """Draw a case (see `UpdateCase.draw`).

        Parameters
        ----------
        **settings
            As for a network; only the scale of the weights and the seed count.

        Returns
        -------
        UpdateCase
            The case.
        """
        return UpdateCase.draw(**settings)

    def answer(self, case: UpdateCase, *, seed: int, limit: float) -> TrainingAnswer:
        """One update.

        Parameters
        ----------
        case : UpdateCase
            Such as `draw` makes.
        seed : int
            Of what was kept from earlier updates.
        limit : float
            To what gradients are clipped.

        Returns
        -------
        TrainingAnswer
            In the student's arrays.

        Raises
        ------
        SubmissionError
            Naming the function, and what it did.
        """
        rng = np.random.default_rng(1000 * seed + case.seed)
        try:
            return self._updated(case, rng, limit)
        except READS as error:
            raise SubmissionError(f"{self.said}: {error}") from error

    def described(self) -> dict[str, Any]:
        """What it was recognised as, as JSON can hold it.

        Returns
        -------
        dict
            Its name, its optimizer, its precision, and how it was read.
        """
        return {
            "said": self.said,
            "optimizer": self.optimizer,
            "dtype": self.dtype.name,
            "sentences": self.sentences(),
        }

    def sentences(self) -> list[str]:
        """How it was read.

        Returns
        -------
        list of str
            A sentence each.
        """
        named = "; ".join(f"`{name}` is {what}" for name, what in self.code.gets.items())
        return [f"{self.said} is called by itself: {named}."]

    # Inside ------------------------------------------------------------------------------------

    def _updated(self, case: UpdateCase, rng: np.random.Generator, limit: float) -> TrainingAnswer:
        shapes = {"W": SHAPES["W"]} if self.holder == "array" else SHAPES
        names = list(shapes)

        def drawn(scale: float = 1.0) -> dict[str, Array]:
            return {n: scale * rng.normal(size=s) for n, s in shapes.items()}

        def kept() -> dict[str, Array]:
            return {n: rng.uniform(0.5, 2.0, size=s) for n, s in shapes.items()}

        own, before = drawn(case.scale), drawn()
        memory: dict[str, dict[str, Array]] = {}
        hyper = {w: HANDED[w] for w in self.code.gets.values() if w in HANDED}
        if "limit" in self.code.gets.values():
            hyper["limit"] = limit
        target, config = self._made(own, before)
        places: dict[str, Any] = {}
        if config is not None:
            for name, value in list(config.items()):
                called = hyper_called(name)
                if isinstance(value, np.ndarray):
                    memory[name] = kept()
                    config[name] = memory[name]["W"].copy()
                elif called == "t":
                    config[name] = THIRD - 1
                elif called in HANDED:
                    config[name] = hyper[called] = HANDED[called]
        if target is not None:
            for name, value in list(vars(target).items()):
                called = hyper_called(name)
                if called == "t" and isinstance(value, int):
                    setattr(target, name, THIRD - 1)
                elif called in HANDED and isinstance(value, int | float):
                    hyper[called] = HANDED[called]
                    setattr(target, name, hyper[called])
            places = kept_in(target, shapes, set())
            for name, container in places.items():
                memory[name] = kept()
                fill(container, memory[name])
        arguments: dict[str, Any] = {}
        for name, what in self.code.gets.items():
            if what == PARAMETERS:
                arguments[name] = self._held(before)
            elif what == GRADIENTS:
                arguments[name] = self._held(own, gradients=True)
            elif what == CONFIG:
                arguments[name] = config
            elif what == KEPT:
                memory[name] = kept()
                arguments[name] = self._held(memory[name])
            else:
                arguments[name] = THIRD if what == "t" else hyper[what]
        function = self.code.code.function
        bound = getattr(target, function.name) if target is not None else function.call
        returned = call(bound, paper=Paper(), seconds=2.0, **arguments)
        parts = by_name(returned, function.returns)
        if self.code.clips:
            clipped = self._clipped(returned, arguments, names)
            zero = {n: np.zeros(s) for n, s in shapes.items()}
            after = {n: -g for n, g in clipped.items()}
            how = next((w for w in ("norm", "value") if w in self.said.lower()), "somehow")
            return TrainingAnswer(own, zero, after, hyper={**hyper, "eta": 1.0}, clips=how)
        after = self._after(returned, parts, arguments, names)
        there = kept_in(target, shapes, set()) if target is not None else {}
        settings = [v for v in parts.values() if isinstance(v, Mapping)]
        given = settings[0] if config is not None and settings else config
        memory_after = {}
        for name in memory:
            if config is not None:
                assert given is not None
                memory_after[name] = {"W": np.asarray(given[name])}
            elif target is not None:
                memory_after[name] = entries(there[name], names)
            else:
                memory_after[name] = self._read(parts.get(name, arguments[name]), names)
        return TrainingAnswer(
            own, before, after, memory, memory_after, hyper, self.code.code.constants, THIRD
        )

    def _made(
        self, own: dict[str, Array], before: dict[str, Array]
    ) -> tuple[Any, dict[str, Any] | None]:
        """The object, or the settings, after a first update has made what is kept."""
        paper, gets = Paper(), self.code.gets
        function = self.code.code.function
        if self.code.kind is not None:
            target = call(self.code.kind, paper=paper, seconds=2.0)
            arguments = {
                n: self._held(before if w == PARAMETERS else own, gradients=w == GRADIENTS)
                for n, w in gets.items()
                if w in (PARAMETERS, GRADIENTS)
            }
            call(getattr(target, function.name), paper=paper, seconds=2.0, **arguments)
            return target, None
        name = next((n for n, w in gets.items() if w == CONFIG), None)
        if name is None:
            return None, None
        if self.holder != "array":
            raise StudentError("its settings are those of one array")
        arguments = {
            n: self._held(before if w == PARAMETERS else own) for n, w in gets.items() if w != CONFIG
        }
        arguments[name] = {}
        returned = call(function.call, paper=paper, seconds=2.0, **arguments)
        settings = next((part for part in returned if isinstance(part, Mapping)), None)
        return None, dict(settings or {})

    def _held(self, arrays: Mapping[str, Array], *, gradients: bool = False) -> Any:
        copies = {n: a.copy() for n, a in arrays.items()}
        if self.holder == "array":
            return copies["W"]
        if self.holder == "list":
            return list(copies.values())
        if self.holder == "dict of d" and gradients:
            return {f"d{n}": a for n, a in copies.items()}
        return copies

    def _read(self, held: Any, names: list[str]) -> dict[str, Array]:
        if self.holder == "array":
            return {"W": np.array(held, dtype=float).reshape(SHAPES["W"])}
        if isinstance(held, Mapping):
            return {n: np.array(held[n] if n in held else held[f"d{n}"]) for n in names}
        return {n: np.array(a) for n, a in zip(names, held, strict=True)}

    def _after(
        self, returned: Any, parts: Mapping[str, Any], arguments: Mapping[str, Any], names: list[str]
    ) -> dict[str, Array]:
        name = next(n for n, w in self.code.gets.items() if w == PARAMETERS)
        if returned is None:
            return self._read(arguments[name], names)
        first = returned[0] if isinstance(returned, tuple) else returned
        return self._read(parts.get(name, first), names)

    def _clipped(
        self, returned: Any, arguments: Mapping[str, Any], names: list[str]
    ) -> dict[str, Array]:
        name = next(n for n, w in self.code.gets.items() if w == GRADIENTS)
        if returned is None or isinstance(returned, float | np.floating):
            return self._read(arguments[name], names)
        pair = isinstance(returned, tuple) and len(returned) == 2  # with the norm
        return self._read(returned[0] if pair else returned, names)
