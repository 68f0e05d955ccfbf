"""The training loop, as an iterator over what happened at every update."""

from __future__ import annotations

from copy import deepcopy
from math import isfinite
from time import perf_counter
from typing import Literal, Self

import numpy as np

from teachrnn.array import Array
from teachrnn.copying import CopiedWhole
from teachrnn.data.batching import Batch, Batching
from teachrnn.errors import DivergedError, DomainError, TeachrnnError
from teachrnn.hyper_parameter import check_counts
from teachrnn.memory import room_for
from teachrnn.models import CharRNN, MakePath, ParameterVector, Path
from teachrnn.models.sequence import check_tokens
from teachrnn.optimizers import Optimizer
from teachrnn.training.best import Best
from teachrnn.training.clipping import Clipping
from teachrnn.training.curve import SMOOTH_EVERY, Curve, Epoch
from teachrnn.training.evaluation import Evaluation
from teachrnn.training.flight_recorder import FlightRecorder
from teachrnn.training.schedule import Schedule
from teachrnn.training.train_step import TrainStep
from teachrnn.training.training_state import OpenEpoch, TrainingState

Reduction = Literal["sum", "mean"]
SMOOTHING = 0.999
VECTORS = 4
"""Vectors as long as all parameters, at least: these, their gradient, and the two best models."""


class Training(CopiedWhole):
    r"""Train a model on a text, one update for every `next`; the iterator never ends.

    Each update takes a batch of sequences, computes loss and gradients by backpropagation through
    time, clips them, and lets the optimizer change the parameters. Where sequences follow one
    another in the text, the state is carried on, but no gradient flows back beyond the edge of a
    sequence (truncated BPTT).

    The smooth loss is that of the assignment, $\bar L \leftarrow 0.999 \bar L + 0.001 L$: a mean over
    about the last thousand updates, on text the model is being trained on. Its minimum
    selects a *place in the book* that is easy to predict as much as a model. The loss on a held-out
    text, measured at intervals, selects a model; both are kept. The held-out text is read from the
    current hidden state of training: until the first epoch ends the network has only once been in a
    state of zeros, and may do badly from there.

    Parameters
    ----------
    model : CharRNN
        Its parameters are updated in place.
    batching : Batching
        Which sequences are read, in which order.
    optimizer : Optimizer
        The update rule; like the next two, also a class or a name, with default settings.
    clipping : Clipping
        How large gradients are made smaller: entry by entry, at 5, if not given.
    schedule : Schedule
        Factor of the learning rate at each update, constant if not given.
    reduction : {"sum", "mean"}
        Whether the gradient is that of the loss summed over the T steps of a sequence, or of its
        mean. The sum is T times as large: so are its gradients, and with them what a clipping limit
        and an $\epsilon$ mean. Over the batch it is always the mean.
    validation : ndarray of int, optional
        A held-out text, to measure the loss on.
    validate_every : int
        Updates between two measurements.
    recorder : FlightRecorder, optional
        Keeps chosen steps, to be opened as traces.

    Examples
    --------
    >>> from itertools import islice
    >>> from teachrnn import AdaGrad, InOrder
    >>> tokens = np.array([0, 1, 2] * 50)
    >>> training = Training(
    ...     CharRNN(hidden=8, symbols=3, rng=np.random.default_rng(0)),
    ...     InOrder(tokens, length=6),
    ...     AdaGrad(eta=0.1),
    ... )
    >>> steps = list(islice(training, 50))
    >>> round(steps[0].nats_per_symbol, 2), steps[-1].nats_per_symbol < 0.05
    (1.1, True)
    """

    def __init__(
        self,
        model: CharRNN,
        batching: Batching,
        optimizer: Optimizer | type[Optimizer] | str,
        *,
        clipping: Clipping | type[Clipping] | str = "value",
        schedule: Schedule | type[Schedule] | str = "constant",
        reduction: Reduction = "sum",
        validation: Array | None = None,
        validate_every: int = 2000,
        recorder: FlightRecorder | None = None,
    ) -> None:
        if reduction not in ("sum", "mean"):
            raise DomainError(f'the reduction is {reduction!r} but must be "sum" or "mean".')
        check_counts("Training", validate_every=validate_every)
        check_tokens(batching.tokens, model.symbols, what="text")
        self.model, self.batching, self.optimizer = model, batching, Optimizer.make(optimizer)
        self.clipping, self.schedule = Clipping.make(clipping), Schedule.make(schedule)
        self.reduction: Reduction = reduction
        self.end: int | None = getattr(batching, "end", None)
        self.evaluation = None
        if validation is not None:
            self.evaluation = Evaluation(model, validation, end=self.end)
        self.validate_every = validate_every
        self.recorder = recorder
        self.eta = self.optimizer.eta
        self.iteration = 0
        self.smooth_loss = 0.0  # meaningless before the first update
        self.following = int(batching.tokens[0])
        """The symbol that comes next in the text, after those that the hidden state has seen."""
        self.curve = Curve()
        theta = model.parameters.flat
        with room_for(
            VECTORS * theta.size,
            theta.dtype,
            what=f"Training {theta.size:,} parameters",
            advice="Choose a shorter state, `hidden`, or fewer layers.",
        ):
            self.best_smooth = Best(theta.copy(), model.initial_state())
            self.best_validation = Best(theta.copy(), model.initial_state())
            self.gradients: ParameterVector = model.zero_gradients()
        self._make_path: MakePath = _fastest
        self._paths: dict[tuple[int, int], Path] = {}
        self._path: Path | None = None
        self._epoch, self._epoch_loss, self._epoch_symbols = 1, 0.0, 0
        self._whole = True

    def __iter__(self) -> Self:
        return self

    @np.errstate(under="ignore")
    def __next__(self) -> TrainStep:
        began = perf_counter()
        self._check_whole()
        self._whole = False
        batch = next(self.batching)
        x = batch.x
        T, B = x.shape
        path = self._path_for(batch)
        weight = 1 / B if self.reduction == "sum" else 1 / (B * T)
        loss = path.gradient(x, batch.y, weight=weight) / B
        g = self.gradients.flat
        norms = self.clipping(g)
        iteration = self.iteration + 1
        if not (isfinite(loss) and isfinite(norms.before)):
            self._stop_for(path, loss, iteration, batch)
        smooth = loss if iteration == 1 else SMOOTHING * self.smooth_loss + (1 - SMOOTHING) * loss
        if self.recorder is not None:
            self.recorder.watch(self.model, path, batch, iteration, loss, smooth)
        theta = self.model.parameters.flat
        self.best_smooth.offer(smooth, iteration, theta, path.state)
        if batch.epoch != self._epoch:
            self._end_epoch(batch.epoch)
        self._epoch_loss += loss * B
        self._epoch_symbols += T * B
        eta = self.optimizer.eta = self.eta * self.schedule(iteration)
        with np.errstate(all="ignore"):  # a number that is not finite shows in the next loss
            self.optimizer.update(theta, g)
        path.carry()
        self.following = int(batch.y[-1, 0])
        self.iteration, self.smooth_loss = iteration, smooth
        if iteration == 1 or iteration % SMOOTH_EVERY == 0:
            self.curve.smooth.append((iteration, smooth))
        validation = self.validate() if iteration % self.validate_every == 0 else None
        self._whole = True
        return TrainStep(
            iteration,
            batch.epoch,
            T,
            loss,
            smooth,
            norms.before,
            norms.after,
            eta,
            perf_counter() - began,
            validation,
        )

    @property
    def carried(self) -> dict[str, Array]:
        """The hidden state that the next sequences would start from, (B, m), by name."""
        return {} if self._path is None else {n: s.copy() for n, s in self._path.state.items()}

    @np.errstate(under="ignore")
    def validate(self) -> float | None:
        """Measure the loss on the held-out text now, in nats per symbol; None where there is none.

        Returns
        -------
        float or None
            The validation loss, in nats per symbol; None where no text is held out.
        """
        if self.evaluation is None:
            return None
        state = self.model.initial_state(1) if self._path is None else self._path.state
        if self.end is None:  # the model reads on; items are read from a state of zeros
            loss = self.evaluation({name: vectors[0] for name, vectors in state.items()})
        else:
            loss = self.evaluation()
        self.curve.validation.append((self.iteration, loss))
        self.best_validation.offer(loss, self.iteration, self.model.parameters.flat, state)
        return loss

    def compute_with(self, make_path: MakePath) -> None:
        """Let another way through the network compute loss and gradients from now on.

        Parameters
        ----------
        make_path : callable
            Makes a `Path` of the model for sequences of one size, as `MakePath` says: one that records,
            or one that makes a mistake.

        Examples
        --------
        >>> from teachrnn import CharRNN, InOrder
        >>> from teachrnn.models import RecordedPath
        >>> model = CharRNN(hidden=4, symbols=3, rng=np.random.default_rng(0))
        >>> training = Training(model, InOrder(np.array([0, 1, 2] * 9), length=5), "sgd")
        >>> training.compute_with(
        ...     lambda model, gradients, length, batch: RecordedPath(
        ...         model, gradients, length=length, batch=batch
        ...     )
        ... )
        >>> next(training).iteration
        1
        """
        self._make_path, last = make_path, self._path
        self._paths = {}
        if last is not None:
            self._path = self._path_of(last.length, last.batch)
            self._path.start(last.state)

    # Saving ------------------------------------------------------------------------------------

    def state(self) -> TrainingState:
        """A copy of everything that changes as training goes on.

        After `restore`, in a training loop made in the same way, every number that follows is the
        same to the last bit.

        Returns
        -------
        TrainingState
            Numbers and arrays, none of them shared with the training.
        """
        self._check_whole()
        path = self._path
        return TrainingState(
            iteration=self.iteration,
            smooth_loss=self.smooth_loss,
            following=self.following,
            curve=deepcopy(self.curve),
            batching=self.batching.state(),
            epoch=OpenEpoch(self._epoch, self._epoch_loss, self._epoch_symbols),
            path=None if path is None else (path.length, path.batch),
            theta=self.model.parameters.flat.copy(),
            best_smooth=deepcopy(self.best_smooth),
            best_validation=deepcopy(self.best_validation),
            optimizer=self.optimizer.state_arrays(),
            carried=self.carried,
        )

    def restore(self, state: TrainingState) -> None:
        """Resume from what `state` returned, in a training loop made in the same way.

        Parameters
        ----------
        state : TrainingState
            What `state` returned.

        Raises
        ------
        TeachrnnError
            If the state is that of another model, text or rule.
        """
        state.check(self.model)
        if not 0 <= state.following < self.model.symbols:
            raise DomainError(
                f"the symbol that comes next is {state.following}: there is none of that number."
            )
        self.batching.restore(state.batching)
        self.optimizer.restore(state.optimizer)
        self.model.parameters.flat[...] = state.theta
        self.best_smooth, self.best_validation = deepcopy((state.best_smooth, state.best_validation))
        self.iteration, self.smooth_loss = state.iteration, state.smooth_loss
        self.following = state.following
        self.curve = deepcopy(state.curve)
        self._epoch, self._epoch_loss, self._epoch_symbols = state.epoch
        if state.path is not None:
            self._path = self._path_of(*state.path)
            self._path.start(state.carried)
        self._whole = True

    # Inside ------------------------------------------------------------------------------------

    def _check_whole(self) -> None:
        if not self._whole:
            raise TeachrnnError(
                f"update {self.iteration + 1} was interrupted in the middle: its numbers are neither "
                "the old nor the new ones. Resume from the last checkpoint."
            )

    def _path_for(self, batch: Batch) -> Path:
        """The path for sequences of this size, starting from zeros or from where the last one ended."""
        path, last = self._path_of(*batch.x.shape), self._path
        if batch.fresh or last is None:
            path.start()
        elif path is not last:
            path.start(last.state)
        self._path = path
        return path

    def _path_of(self, length: int, batch: int) -> Path:
        if (length, batch) not in self._paths:
            self._paths[length, batch] = self._make_path(
                self.model, length=length, batch=batch, gradients=self.gradients
            )
        return self._paths[length, batch]

    def _end_epoch(self, epoch: int) -> None:
        self.curve.epochs.append(Epoch(self.iteration, self._epoch_loss / self._epoch_symbols))
        self._epoch, self._epoch_loss, self._epoch_symbols = epoch, 0.0, 0

    def _stop_for(self, path: Path, loss: float, iteration: int, batch: Batch) -> None:
        bad = [n for n, p in self.model.parameters.items() if not np.isfinite(p).all()]
        if self.recorder is not None:
            self.recorder.keep(self.model, path, batch, iteration, "not finite")
        if bad:
            where = f"the previous update has made {', '.join(bad)} overflow"
        else:
            d = [n for n, g in self.gradients.items() if not np.isfinite(g).all()]
            where = f"the gradient is not finite in {', '.join(d) or 'any parameter'}"
        raise DivergedError(
            f"training has diverged: at update {iteration} (epoch {batch.epoch}, position "
            f"{batch.position} of the text) the loss is {loss:g} nats per sequence, and {where}. "
            f"The last smooth loss was {self.smooth_loss:.4g}. Lower the learning rate "
            f"(eta is {self.optimizer.eta:g}), or clip gradients harder."
        )


def _fastest(model: CharRNN, *, length: int, batch: int, gradients: ParameterVector) -> Path:
    return model.path(length=length, batch=batch, gradients=gradients, checked=False)
