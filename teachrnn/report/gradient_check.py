"""Are the gradients right? The training code compared with two independent derivatives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isinf

import numpy as np

from teachrnn.array import Array
from teachrnn.backprop import backpropagate
from teachrnn.chance import Stream
from teachrnn.checking import (
    GradientReport,
    ParameterCheck,
    StepSizeCurve,
    check_gradient,
    step_size_curve,
)
from teachrnn.formulas.name import Name
from teachrnn.models import CharRNN
from teachrnn.reference import CentralDifference, ComplexStep
from teachrnn.report.document import Element, Paragraph, Picture, Section, TextTable
from teachrnn.report.error_figures import error_figures, magnitude
from teachrnn.runs import Run
from teachrnn.trace import Trace
from teachrnn.views.figures.v_curve import v_curve
from teachrnn.views.style.loss_units import per_sequence
from teachrnn.views.style.number import format_number

ENTRIES, CURVE_ENTRIES = 50, 5
"""Entries of each parameter that are compared, in the tables and in the figure."""

STATE, WIDE = 0.5, 0.5
"""Standard deviations of the initial state, and of weights at which tanh is far from linear."""

TRUTH = ComplexStep()
"""The reference for the numerical derivatives in the figure."""

TINY = 0.01
"""A round-off floor above this share of the largest gradient is what makes a check blind."""

HEAD = (
    "parameter",
    "verdict",
    "compared",
    "not 0",
    "max abs error",
    "norm-relative error",
    "floor",
    "sees",
)


@dataclass(frozen=True, eq=False)
class NetworkCheck:
    """The gradients of one network, compared with every oracle.

    Attributes
    ----------
    weights : str
        How its weights were drawn.
    largest : dict
        The largest entry of each gradient.
    reports : list of (str, GradientReport)
        By method and step.
    """

    weights: str
    largest: dict[str, float]
    reports: list[tuple[str, GradientReport]]


@dataclass(frozen=True, eq=False)
class RunCheck:
    """The check of a run's gradients, before its first update.

    Attributes
    ----------
    sizes : str
        m, T and K.
    networks : list of NetworkCheck
        At the run's own initial weights, and at wider ones.
    curve : StepSizeCurve
        How the numerical derivatives depend on their step.
    """

    sizes: str
    networks: list[NetworkCheck]
    curve: StepSizeCurve

    @property
    def differs(self) -> bool:
        """Whether a gradient is wrong."""
        return any(check.verdict == "differs" for _, _, check in self)

    def __iter__(self) -> Iterator[tuple[NetworkCheck, str, ParameterCheck]]:
        for network in self.networks:
            for method, report in network.reports:
                for check in report.checks:
                    yield network, method, check


def check_run(run: Run, *, progress: Callable[[str], None] | None = None) -> RunCheck:
    """Check the gradients of the training code, at the run's own sizes, in double precision.

    Parameters
    ----------
    run : Run
        The run; its model is not changed.
    progress : callable, optional
        Called with what is being checked.

    Returns
    -------
    RunCheck
        What was compared, and the errors by step size.

    Examples
    --------
    >>> from teachrnn import Recipe, Run, Source
    >>> recipe = Recipe.find("adam").but(hidden=3, length=3)
    >>> check_run(Run(recipe, Source.of("hello world. " * 9))).differs
    False
    """
    recipe, K = run.recipe.but(dtype="float64"), len(run.vocabulary)
    T = min(recipe.length, len(run.tokens) - 1)
    own = recipe.training(run.tokens, symbols=K, end=run.source.end, seed=run.seed).model
    rng = Stream.CHECK.of(run.seed)
    wide = CharRNN(
        hidden=recipe.hidden, symbols=K, cell=recipe.cell, layers=recipe.layers, scale=WIDE, rng=rng
    )
    tokens = np.asarray(run.tokens[: T + 1], np.intp)
    x, y = tokens[:-1], tokens[1:]
    state = {name: rng.normal(0, STATE, recipe.hidden) for name in own.state_names()}
    trace, wide_trace = own.record(x, y, state=state), wide.record(x, y, state=state)
    path = own.path(length=T)
    path.start({name: vector[np.newaxis] for name, vector in state.items()})
    path.gradient(x[:, np.newaxis], y[:, np.newaxis])
    networks = [
        _check(trace, dict(path.gradients.items()), "the run's own initial weights", run.seed, progress),
        _check(
            wide_trace,
            backpropagate(wide_trace).gradients(),
            f"weights of scale {WIDE}",
            run.seed,
            progress,
        ),
    ]
    recurrent = next(name for name in own.shapes() if Name.of(name).letter == "W")
    if progress is not None:
        progress(f"step sizes for {recurrent}")
    curve = step_size_curve(
        trace,
        recurrent,
        max_entries=CURVE_ENTRIES,
        steps=list(10.0 ** np.arange(-1, -14.1, -0.5)),
        truth=TRUTH,
        rng=np.random.default_rng(run.seed),
    )
    return RunCheck(f"m = {recipe.hidden}, T = {T}, K = {K}", networks, curve)


def _check(
    trace: Trace,
    gradients: Mapping[str, Array],
    weights: str,
    seed: int,
    progress: Callable[[str], None] | None,
) -> NetworkCheck:
    reports = []
    for oracle in (ComplexStep(), CentralDifference()):
        method = f"{oracle.title}, h = {format_number(oracle.h, 1)}"
        if progress is not None:
            progress(f"{weights}, {method}")
        report = check_gradient(
            trace, gradients, oracle=oracle, max_entries=ENTRIES, rng=np.random.default_rng(seed)
        )
        reports.append((method, report))
    largest = {name: float(np.abs(d).max()) for name, d in gradients.items()}
    return NetworkCheck(weights, largest, reports)


def gradient_check_section(found: RunCheck) -> Section:
    """The first part of the assignment: how the gradients were checked, and the result."""
    blocks: list[Element] = [
        Paragraph(
            "Before the first update, gradients computed by backpropagation through time were "
            "compared with two numerical derivatives of the loss, which only ever run forward. The "
            f"network has the sizes of this run ({found.sizes}) and reads the first T symbols of the "
            "text, in double precision, without clipping. Its initial state is not 0 but drawn with "
            f"standard deviation {STATE}: at 0 an error in the first step's part of the recurrent "
            f"weights would not show. Of each parameter {ENTRIES} entries were drawn, or all; nine in "
            "ten of them where the gradient is not 0. It is 0 in the columns of U whose symbols do "
            "not occur."
        ),
        Paragraph(
            "At the run's own initial weights the gradient is that of the code that trains, which "
            f"takes all steps at once. At the scale of {WIDE}, where tanh and sigmoid are far from "
            "linear, it is that of the recorded pass, which goes step by step: such a network "
            "amplifies even rounding, and two correct passes that sum in another order differ in "
            "the tenth digit."
        ),
        Paragraph(_conclusion(found), notice=found.differs),
    ]
    for network in found.networks:
        for method, report in network.reports:
            at = f"at {network.weights}; L = {per_sequence(report.loss)} nats"
            caption = f"{method[0].upper()}{method[1:]}, {at}"
            blocks.append(TextTable(caption, HEAD, [_row(c) for c in report.checks], words=[1]))
    blocks.append(
        Paragraph(
            "The norm-relative error is ||a \N{MINUS SIGN} n|| / (||a|| + ||n||) over the entries "
            "compared. 'Not 0' counts those that are not 0 on both sides. Floor is the round-off of the "
            "method: no absolute error below it means anything. Sees is the smallest error, relative to "
            "the largest entry, that the check could have seen. The verdict is 'agrees' if every entry "
            "is within the method's own error and rounding, never by a fixed threshold: the "
            "gradient of the recurrent weights is tiny at small weights, and a fixed threshold on "
            "relative errors would fail correct code there."
        )
    )
    blocks += [Paragraph(reason) for reason in _blindness(found)]
    blocks += [
        Paragraph(f"{method[0].upper()}{method[1:]}, at {network.weights}: {note}")
        for network in found.networks
        for method, report in network.reports
        for note in report.notes()
    ]
    own = found.networks[0]
    method, report = own.reports[-1]
    blocks += error_figures(f"{method}, at {own.weights}", report)
    blocks.append(_curve(found.curve))
    return Section("gradients", "Gradient check", blocks)


def _conclusion(found: RunCheck) -> str:
    checks = [check for _, _, check in found]
    n = Counter(c.verdict for c in checks)
    if n["differs"]:
        names = sorted({check.name for check in checks if check.verdict == "differs"})
        return (
            f"{n['differs']} of {len(checks)} comparisons DIFFER, for {', '.join(names)}: a gradient is "
            "not that of its loss."
        )
    blind = f"; {n['blind']} could not have seen an error" if n["blind"] else ""
    bent = n["not differentiable"]
    kinks = f"; {bent} met a kink, where no number is right" if bent else ""
    return f"Of {len(checks)} comparisons {n['agrees']} agree and none differs{blind}{kinks}."


def _row(c: ParameterCheck) -> tuple[str, ...]:
    return (
        c.name,
        c.verdict,
        f"{c.checked} of {c.entries:,}",
        str(c.nonzero),
        magnitude(c.max_absolute),
        magnitude(c.norm_relative),
        magnitude(c.floor),
        "nothing" if isinf(c.resolution) else magnitude(c.resolution),
    )


def _blindness(found: RunCheck) -> Iterator[str]:
    """For each network and method that could not see an error somewhere, the reason."""
    for network in found.networks:
        for method, report in network.reports:
            blind = [c for c in report.checks if c.verdict == "blind"]
            drowned = [c.name for c in blind if c.floor > TINY * network.largest[c.name]]
            curved = [c.name for c in blind if c.name not in drowned]
            if drowned:
                yield (
                    f"Blind, {method} at {network.weights}, for {', '.join(drowned)}: the gradient "
                    "there is hardly larger than the round-off floor, so that an error of 10 % would "
                    "not have shown."
                )
            if curved:
                yield (
                    f"Blind, {method} at {network.weights}, for {', '.join(curved)}: this network "
                    "amplifies small changes from step to step, the loss bends within h, and the "
                    "difference quotient changes with h. It is no slope, whatever it is "
                    "compared with; the complex step, whose h is practically 0, is what counts."
                )


def _curve(curve: StepSizeCurve) -> Picture:
    h, error = curve.best("central difference")
    return Picture(
        "step-size",
        "Why no step is right for a difference: error of the numerical derivatives of "
        f"{curve.parameter} at the run's own initial weights, over the step h; complex step with "
        f"h = {format_number(TRUTH.h, 1)} counts as right.",
        "Logarithmic axes. From long steps to short ones, the errors of one-sided and central "
        f"differences fall and rise again, as a V; the central one is least, {magnitude(error)}, at "
        f"h = {format_number(h, 1)}. That of the complex step falls and stays at rounding.",
        v_curve(curve),
    )
