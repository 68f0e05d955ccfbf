"""A student's code, recognised so that it can be run on an instance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.answer import Answer
from teachrnn.diagnosis.instance import Instance
from teachrnn.errors import SubmissionError
from teachrnn.submission import plans as _plans  # noqa: F401 -- entered in the registry
from teachrnn.submission.attempts import Recognised
from teachrnn.submission.backward_calls import backward_calls, with_upstream
from teachrnn.submission.case import Case
from teachrnn.submission.convention import Convention
from teachrnn.submission.filling import Fill
from teachrnn.submission.findings import factor_of, find_loss, found_again, scalars
from teachrnn.submission.gradients import FoundGradients, read_gradients
from teachrnn.submission.layouts import LAYOUTS
from teachrnn.submission.limits import HopelessError, Paper, StudentError
from teachrnn.submission.manners import DIFFERS, changed_arguments, changed_parameters
from teachrnn.submission.plan import FAMILIES, HandedIn, Plan, Step
from teachrnn.submission.recognition import OTHER_SIZES, recognise
from teachrnn.submission.run import Arrangement, ProgramRun
from teachrnn.submission.sequence_form import as_array
from teachrnn.submission.source import load
from teachrnn.submission.unused import unused
from teachrnn.submission.wording import facts_of

HOPELESS = 1
"""How many ways of calling a backward pass may end in a loop without end, or the like."""

Chosen = str | Callable[..., Any] | None


class Submission:
    """A student's forward and backward pass, recognised.

    Made by `of`; `answer` runs it.

    Attributes
    ----------
    cell : str
        Name of the cell that it was recognised as, or was said to be.
    batches : bool
        Whether it takes more than one sequence.
    dtype : dtype
        In which it computes.
    convention : Convention
        All that was inferred.
    """

    def __init__(self, recognised: Recognised, arrangement: Arrangement, backward: Step | None) -> None:
        self._recognised, self._arrangement, self._backward = recognised, arrangement, backward
        self.cell = arrangement.cell
        self.needs = recognised.needs
        self.batches = recognised.needs.batches
        self.dtype: np.dtype[Any] = np.dtype(np.float64)
        self.convention = Convention()
        self._numbers: set[str] = set()
        """What it returns that is one number at any size: h is one, too, where m = 1."""

    @classmethod
    def of(
        cls,
        handed_in: Any,
        *,
        cell: str | None = None,
        layout: str | None = None,
        forward: Chosen = None,
        backward: Chosen = None,
        loss: Chosen = None,
    ) -> Self:
        """Recognise what was handed in.

        Parameters
        ----------
        handed_in : path, module, class, function, or list of functions
            A path is run in this process, without limits of memory; `IsolatedSubmission` uses another.
        cell : str, optional
            The cell, if it is known.
        layout : str, optional
            The course or library whose layout it has, a key of `LAYOUTS`.
        forward, backward, loss : str or callable, optional
            Which functions (or methods) they are.

        Returns
        -------
        Submission
            What answers on an instance.

        Raises
        ------
        SubmissionError
            Saying what could not be called or read, and what to do.
        """
        if isinstance(handed_in, str | Path):
            handed_in = load(handed_in)
        known = None if layout is None else LAYOUTS.find(layout)
        chosen = {"forward": forward, "backward": backward, "loss": loss}
        program = HandedIn.of(handed_in, chosen=chosen)
        for role, name in program.chosen.items():
            methods = {m for kind in program.classes.values() for m in dir(kind)}
            if name not in program.functions and name not in methods:
                there = ", ".join([*program.functions, *program.classes]) or "nothing"
                raise SubmissionError(f"no function is called {name!r} ({role}=); there are: {there}.")
        families = sorted(FAMILIES.values(), key=lambda family: family.order)
        plans: list[Plan] = [plan for family in families for plan in family.plans(program)]
        failure: SubmissionError | None = None
        for recognised in recognise(program, plans, cell=cell, layout=known):
            try:
                found = cls._with_backward(recognised)
                found._note_unused(program, plans)
                return found
            except SubmissionError as error:
                failure = failure or error
        assert failure is not None
        raise failure

    @classmethod
    def _with_backward(cls, recognised: Recognised) -> Self:
        """Choose the call of the backward pass that gives most gradients, correct ones if possible."""
        plan = recognised.plan
        best: tuple[tuple[float, ...], Self] | None = None
        failures: list[str] = []
        hopeless = 0
        case = Case(
            recognised.needs.draw(
                recognised.arrangement.cell,
                seed=3,
                scale=0.6,
                start=0.8,
                **OTHER_SIZES[recognised.needs.batches],
            )
        )
        for laid_out in with_upstream(recognised):
            for step, arrangement in backward_calls(recognised, laid_out):
                submission = cls(recognised, arrangement, step)
                try:
                    run, gradients = submission._run(case)
                except HopelessError as error:
                    if (hopeless := hopeless + 1) > HOPELESS:
                        raise SubmissionError(f"{plan.said}: {error}") from error
                    failures.append(str(error))
                    continue
                except StudentError as error:
                    failures.append(str(error))
                    continue
                factor = submission._factor(case)
                right = [
                    bool(np.allclose(g / factor, case.instance.gradients[n], rtol=1e-4, atol=1e-6))
                    for n, g in gradients.ours.items()
                    if n in case.instance.gradients
                ]
                score = (len(gradients.names), len(right), sum(right))
                if best is None or score > best[0]:
                    best = score, submission
                    submission._numbers = {name for name, _ in scalars(run)}
                    submission.dtype = _precision(run, gradients)
                    submission.convention = Convention(
                        facts_of(recognised, arrangement, step, gradients),
                        recognised.loss_name,
                        recognised.forward_right,
                    )
        if best is None:
            raise SubmissionError(
                f"{plan.said}: the forward pass {'is right' if recognised.forward_right else 'ran'}; "
                f"the backward pass could not be called: {failures[0] if failures else 'there is none'}"
            )
        if best[0][1] == 0:
            names = ", ".join(recognised.arrangement.forms)
            raise SubmissionError(
                f"{plan.said} ran, but no gradient of its parameters ({names}) was found in what it "
                "returns, in its object or in its globals: return a dict by name, {'dW': dW, ...}."
            )
        return best[1]

    def draw(self, **settings: Any) -> Instance:
        """Draw an instance that the code can answer (see `Instance.draw`).

        It has no batch, and zeros for biases and an initial state, where the code has none.

        Parameters
        ----------
        **settings
            As `Instance.draw` takes them after the cell.

        Returns
        -------
        Instance
            Of the cell, with zeros for what the code lacks.
        """
        return self.needs.draw(self.cell, **settings)

    def answer(self, instance: Instance) -> Answer:
        """What the code gives on it.

        Parameters
        ----------
        instance : Instance
            Of the cell that the code is, such as `draw` makes.

        Returns
        -------
        Answer
            In our names, shapes and units.

        Raises
        ------
        SubmissionError
            Naming the function and the input that did it.
        """
        case = Case(instance)
        if case.cell != self.cell:
            raise SubmissionError(f"the code is a {self.cell}, the instance a {case.cell}.")
        if case.B > 1 and not self.batches:
            raise SubmissionError("the code takes one sequence at a time, the instance has several.")
        try:
            run, gradients = self._run(case)
        except StudentError as error:
            raise SubmissionError(f"on an input with {_sizes(case)}: {error}") from error
        answer = self._answer(run, gradients)
        answer.remarks.extend(changed_arguments(run))
        if not gradients.updated:
            answer.remarks.extend(changed_parameters(run))
        try:
            again, second = self._run(case)
        except StudentError as error:
            answer.remarks.append(f"{DIFFERS} failed: {error}")
            return answer
        other = self._answer(again, second)
        if any(
            not np.array_equal(a, other.gradients.get(n, np.nan), equal_nan=True)
            for n, a in answer.gradients.items()
        ):
            answer.remarks.append(
                f"{DIFFERS} gives other gradients: something is kept "
                "between the calls, such as gradients that are not set to zero."
            )
        return answer

    def described(self) -> dict[str, Any]:
        """What it was recognised as, as JSON can hold it.

        Returns
        -------
        dict
            Its cell, precision and needs, and what was inferred.
        """
        return {
            "cell": self.cell,
            "dtype": self.dtype.name,
            "zero": sorted(self.needs.zero),
            "batches": self.needs.batches,
            "shared": self.needs.shared,
            "facts": self.convention.facts,
            "loss": self.convention.loss,
            "forward_right": self.convention.forward_right,
        }

    @property
    def plan(self) -> Plan:
        """How the program is called."""
        return self._recognised.plan

    @property
    def arrangement(self) -> Arrangement:
        """How it has our numbers."""
        return self._arrangement

    @property
    def fills(self) -> dict[str, Fill]:
        """What the arguments of its functions get, of those that come from outside."""
        steps = [step for step in (self._backward, self._recognised.plan.forward) if step is not None]
        own = ("x", "y", "h", "s", "hs", "container", "slot")
        return {n: f for step in steps for n, f in step.fills.items() if f.kind in own}

    def raw(self, case: Case) -> tuple[dict[str, Array], float, float | None, Array]:
        """What the code gives in its own unit, for whoever goes on with it.

        Parameters
        ----------
        case : Case
            The numbers.

        Returns
        -------
        dict, float, float or None, ndarray
            The gradients by our names; what our sum is multiplied by in them; the loss; the states of
            the steps 0 to T.

        Raises
        ------
        StudentError
            If the code fails.
        """
        run, gradients = self._run(case)
        factor = self._factor(case)
        own = {} if gradients.updated else gradients.ours
        loss = self._loss(run, factor)
        h = run.found["h"].array if "h" in run.found else case.right["h"]
        states = np.concatenate([case.state["h"][np.newaxis], h])
        return own, factor, None if loss is None else loss * factor, states

    # Inside ----------------------------------------------------------------------------------

    def _note_unused(self, program: HandedIn, plans: list[Plan]) -> None:
        """Say which functions could have been taken instead."""
        recognised = self._recognised
        steps = (recognised.plan.forward, self._backward, recognised.loss_step)
        used = [step.function for step in steps if step is not None]
        for i, sentence in enumerate(unused(program, plans, recognised.plan, used)):
            self.convention.facts[f"unused {i}"] = sentence

    def _run(self, case: Case) -> tuple[ProgramRun, FoundGradients]:
        plan = self._recognised.plan
        run = ProgramRun(plan, self._arrangement, case, Paper())
        run.start()
        run.forward()
        run.found = dict(found_again(run, self._recognised.found))
        if self._backward is None:
            return run, read_gradients(run, run.returned, plan.forward)
        returned = run.backward(self._backward)
        gradients = read_gradients(run, returned, self._backward)
        return run, gradients

    def _factor(self, case: Case) -> float:
        if not self._recognised.loss_name:
            return 1.0
        return factor_of(self._recognised.loss_name, case)

    def _answer(self, run: ProgramRun, gradients: FoundGradients) -> Answer:
        case, factor = run.case, self._factor(run.case)
        values = {}
        for name, finding in run.found.items():
            like = (
                (case.T, -1) if case.instance.x.ndim == 1 else (case.T, case.B, finding.array.shape[-1])
            )
            values[name] = finding.array.reshape(like)
        return Answer(
            gradients={name: g / factor for name, g in gradients.ours.items()},
            loss=self._loss(run, factor),
            values=values,
            printed=run.paper.getvalue(),
            remarks=[*gradients.problems],
        )

    def _loss(self, run: ProgramRun, factor: float) -> float | None:
        if self._recognised.loss_step is not None:
            try:
                return self._as_ours(run.then(self._recognised.loss_step), run.case) / factor
            except StudentError:
                return None
        numbers = [(name, value) for name, value in scalars(run) if name in self._numbers]
        for _, value in numbers:
            as_ours = find_loss(value, run.case, run.arrangement.y)
            if as_ours is not None and as_ours[0] == self._recognised.loss_name:
                return self._as_ours(value, run.case) / factor
        return self._as_ours(numbers[0][1], run.case) / factor if numbers else None

    def _as_ours(self, value: Any, case: Case) -> float:
        """A loss in our unit: a squared error counts as much of ours as it is of what it should be."""
        number = float(np.asarray(value).reshape(()))
        expected = case.loss_for(self._arrangement.y)
        return number if expected == case.loss else number / expected * case.loss


def _precision(run: ProgramRun, gradients: FoundGradients) -> np.dtype[Any]:
    """The lowest precision found in any result."""
    dtypes = [gradients.dtype]
    for finding in run.found.values():
        try:
            dtypes.append(as_array(finding.raw).dtype)
        except (TypeError, ValueError):
            continue
    if run.found and all(1e-9 < finding.error < 1e-4 for finding in run.found.values()):
        return np.dtype(np.float32)
    return min((d for d in dtypes if d.kind == "f"), key=lambda d: d.itemsize)


def _sizes(case: Case) -> str:
    return f"T = {case.T}, B = {case.B}, m = {case.m}, K = {case.K}"
