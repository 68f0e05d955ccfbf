"""Our numbers and the student's arrays, before an update and after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from teachrnn.array import Array
from teachrnn.diagnosis.instance import Instance
from teachrnn.models import CharRNN
from teachrnn.submission.case import Case
from teachrnn.submission.form import Form
from teachrnn.submission.training_steps.kept_arrays import leaf


def encoded(form: Form, gradients: Mapping[str, Array]) -> Array:
    """Our gradients in the student's array; a share of a bias has the bias's own gradient."""
    blocks = tuple(
        tuple(replace(part, factor=float(np.sign(part.factor))) for part in row) for row in form.blocks
    )
    return replace(form, blocks=blocks).encode(gradients)


def with_new(case: Case, after: Mapping[str, Array], forms: Mapping[str, Form]) -> Case:
    """The same sequences with the parameters of after the update."""
    instance, model = case.instance, case.instance.model
    ours: dict[str, Array] = {n: np.array(p) for n, p in model.parameters.items()}
    for name, form in forms.items():
        factors = {part.parameter: abs(part.factor) or 1.0 for row in form.blocks for part in row}
        for own, array in form.decode(after[name], case.parameters).items():
            if own in ours:
                ours[own] = array / factors[own]
    new = CharRNN(**model.settings(), rng=np.random.default_rng(0))
    new.set_parameters(**ours)
    return Case(Instance(new, instance.x, instance.y, instance.state))


def short_names(names: list[str]) -> Callable[[Mapping[str, Array]], dict[str, Array]]:
    """Puts arrays under the last of their dotted names, where that is enough to tell them apart."""
    short = {n: leaf(n) for n in names}
    if len(set(short.values())) < len(names):
        short = {n: n for n in names}
    return lambda arrays: {short[n]: a for n, a in arrays.items()}
