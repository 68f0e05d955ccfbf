"""A student's training step as something that can be asked what it leaves behind."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from teachrnn.diagnosis.instance import Instance
from teachrnn.diagnosis.updates import TrainingAnswer
from teachrnn.errors import SubmissionError
from teachrnn.submission.case import Case
from teachrnn.submission.limits import Paper, StudentError
from teachrnn.submission.run import ProgramRun
from teachrnn.submission.submission import Submission
from teachrnn.submission.training_steps.new_parameters import encoded, short_names, with_new
from teachrnn.submission.training_steps.step_arguments import arguments_of
from teachrnn.submission.training_steps.step_code import StepCode
from teachrnn.submission.training_steps.step_run import THIRD, StepRun

SAID = {"container": "all parameters", "h": "h[0]", "s": "s[0]", "eta": "the learning rate", "t": "t"}
READS = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class TrainingSubmission:
    """A training step, beside the network that it trains.

    Attributes
    ----------
    network : Submission
        The network, whose gradients the step is judged with.
    said : str
        The step, in words.
    """

    def __init__(self, network: Submission, code: StepCode) -> None:
        self.network, self.code = network, code
        self.said, self.optimizer = code.function.name, code.optimizer
        self.dtype = network.dtype
        self._gets = arguments_of(network, code.function)

    @classmethod
    def of(cls, network: Submission, code: StepCode) -> Self:
        """Find out how a step is called.

        Parameters
        ----------
        network : Submission
            The network that was recognised in the same program.
        code : StepCode
            The step.

        Returns
        -------
        TrainingSubmission
            What answers on an instance.

        Raises
        ------
        SubmissionError
            Saying what could not be called.
        """
        found = cls(network, code)
        found.answer(network.draw(T=3, hidden=4, symbols=6, batch=2, seed=1), seed=1, limit=1.0)
        return found

    def answer(self, instance: Instance, *, seed: int, limit: float) -> TrainingAnswer:
        """One step on an instance.

        Parameters
        ----------
        instance : Instance
            Such as `Submission.draw` makes.
        seed : int
            Of what was kept from earlier steps.
        limit : float
            To what gradients are clipped, where that is not written in the code.

        Returns
        -------
        TrainingAnswer
            In the student's arrays.

        Raises
        ------
        SubmissionError
            Naming the function and the input that did it.
        """
        case = Case(instance)
        try:
            return self._stepped(case, np.random.default_rng(seed), limit)
        except StudentError as error:
            raise SubmissionError(f"on an input with {instance.said_sizes}: {error}") from error
        except READS as error:
            raise SubmissionError(
                f"what {self.said} leaves behind could not be read: {error}"
            ) from error

    def described(self) -> dict[str, Any]:
        """What it was recognised as, as JSON can hold it.

        Returns
        -------
        dict
            Its name, and that of its optimizer if the code says it.
        """
        own = {"said": self.said, "optimizer": self.optimizer, "sentences": self.sentences()}
        return {**self.network.described(), **own}

    def draw(self, **settings: Any) -> Instance:
        """Draw an instance that the code can answer (see `Submission.draw`).

        Parameters
        ----------
        **settings
            As `Instance.draw` takes them after the cell.

        Returns
        -------
        Instance
            Of the cell, with zeros for what the code lacks.
        """
        return self.network.draw(**settings)

    def sentences(self) -> list[str]:
        """How it was read.

        Returns
        -------
        list of str
            A sentence each.
        """
        named = "; ".join(f"`{name}` is {SAID.get(what, what)}" for name, what in self._gets.items())
        return [f"The training step is {self.said}. {named}."]

    # Inside ------------------------------------------------------------------------------------

    def _stepped(self, case: Case, rng: np.random.Generator, limit: float) -> TrainingAnswer:
        network = self.network
        own, factor, loss, states = network.raw(case)
        forms = dict(network.arrangement.forms)
        if any(form.parameters == ["E"] for form in forms.values()):
            raise SubmissionError("a step with an embedding of its own is not compared.")
        right = {n: factor * g for n, g in case.instance.gradients.items()}
        run = ProgramRun(network.plan, network.arrangement, case, Paper())
        run.start()
        step = StepRun(run, self.code, self._gets, network.fills, list(forms), limit, rng)
        before = {n: p.copy() for n, p in run.before.items()}
        step.call()
        after, kept = step.after(), step.memory_after()
        new = with_new(case, after, forms)
        losses = new_state = None
        if loss is not None:
            try:
                _, _, new_loss, new_states = network.raw(new)
            except StudentError:
                new_loss, new_states = None, states
            losses, new_state = (loss, np.nan if new_loss is None else new_loss), new_states[-1]
        called = short_names(step.names)
        return TrainingAnswer(
            own=called({n: encoded(form, {**right, **own}) for n, form in forms.items()}),
            before=called(before),
            after=called(after),
            memory={name: called(arrays) for name, arrays in step.memory.items()},
            memory_after={name: called(arrays) for name, arrays in kept.items()},
            hyper=step.hyper,
            constants=self.code.constants,
            t=THIRD,
            clips=self.code.clips,
            speaks_of_norm=self.code.speaks_of_norm,
            loss=step.loss(),
            losses=losses,
            state=step.state(),
            states=states,
            new_state=new_state,
            said_sizes=case.instance.said_sizes,
        )
