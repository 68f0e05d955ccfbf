"""The laws that every operation obeys, as one pytest test for any operation, built in or your own."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

from teachrnn.array import Array
from teachrnn.domain import Index
from teachrnn.errors import DomainError, ShapeError
from teachrnn.formulas.entries.entry import entry_value
from teachrnn.formulas.entries.rule import rule
from teachrnn.formulas.equation import stated_gradients
from teachrnn.formulas.formula_error import MisfitFormulaError, UnreadableFormulaError
from teachrnn.op import Op
from teachrnn.reference.derivative import ReferenceOp
from teachrnn.testing.draw import Draw
from teachrnn.testing.profiles import ON_ANY_MACHINE
from teachrnn.testing.strategies import like, op_inputs

RTOL, ATOL = 1e-9, 1e-11


@dataclass(frozen=True)
class Law:
    """One law of one operation; its id names the part that breaks it."""

    op: type[Op]
    part: str
    check: Callable[[Draw], None]

    def __str__(self) -> str:
        return f"{self.op.__name__}.{self.part}"


def op_suite(*ops: type[Op]) -> Callable[..., None]:
    """Make a pytest test that checks operations against every law.

    Use it in a test file of your own; the id of a failing case names what is wrong, such as
    ``test_my_op[MyOp.dW]``::

        test_my_op = teachrnn.testing.op_suite(MyOp)

    The laws: the value is that of the formula; each gradient is SymPy's derivative of the formula,
    and the complex-step derivative of the value; the formulas that a reader sees, in LaTeX, give the
    value and the gradients, entry by entry (where they can be read so); a batch gives what its members
    give; a fused operation equals the chain that it replaces; inputs are not changed; shapes and values
    that do not fit are refused by name; the docstring, if it has teachrnn's sections, states the
    shapes and every gradient.

    Parameters
    ----------
    *ops : type of Op
        The classes.

    Returns
    -------
    callable
        A test, which pytest finds under the name that you assign it to.

    Examples
    --------
    >>> from teachrnn import Tanh
    >>> test_tanh = op_suite(Tanh)
    """
    laws = [law for op in ops for law in laws_of(op)]

    @pytest.mark.parametrize("law", laws, ids=str)
    @settings(**ON_ANY_MACHINE)
    @given(data=st.data())
    def test_law(law: Law, data: st.DataObject) -> None:
        law.check(data.draw)

    return test_law


def laws_of(op: type[Op]) -> list[Law]:
    """Every law that applies to the operation."""
    built_in = op.__module__.startswith("teachrnn.")
    laws = [
        Law(op, "forward", partial(value_is_that_of_the_formula, op)),
        Law(op, "pure", partial(inputs_are_left_alone, op)),
    ]
    if set(op.inputs) - set(op.shared):
        laws.append(Law(op, "batch", partial(batch_is_the_sum_of_its_members, op)))
    if wrong_shapes(op):
        laws.append(Law(op, "refuses shape", partial(wrong_shape_is_refused, op)))
    if built_in or can_be_read(op, None):
        laws.append(Law(op, "forward as written", partial(written_formula_is_the_value, op)))
    if built_in or "\nShapes\n" in (inspect.getdoc(op) or ""):
        laws.append(Law(op, "docstring", partial(docstring_states_shapes_and_gradients, op)))
    for name in differentiable(op):
        laws.append(Law(op, f"d{name}", partial(gradient_is_the_derivative, op, name)))
        laws.append(Law(op, f"d{name} by complex step", partial(gradient_is_the_slope, op, name)))
        if built_in or can_be_read(op, name):
            laws.append(
                Law(op, f"d{name} as written", partial(written_gradient_is_the_gradient, op, name))
            )
    for name, domain in op.domain.items():
        if isinstance(domain, Index):
            laws.append(Law(op, f"refuses {name}", partial(index_outside_is_refused, op, name)))
    if op.fuses:
        laws.append(Law(op, "fused", partial(fused_equals_chain, op)))
    return laws


def differentiable(op: type[Op]) -> list[str]:
    """Inputs that have a gradient."""
    return [name for name, gradient in op.gradient_methods.items() if gradient is not None]


def can_be_read(op: type[Op], target: str | None) -> bool:
    """Whether the written formula, right or wrong, can be read."""
    try:
        rule(op, target)
    except MisfitFormulaError:
        return True
    except UnreadableFormulaError:
        return False
    return True


def _gradient(op: type[Op], name: str, dy: Array, arrays: list[Array]) -> Array:
    gradient = op.gradient_methods[name]
    assert gradient is not None
    return gradient(dy, *arrays, np.asarray(op.forward(*arrays)))


def value_is_that_of_the_formula(op: type[Op], draw: Draw) -> None:
    """``forward`` computes what ``formula`` says."""
    arrays = draw(op_inputs(op), label="inputs")
    np.testing.assert_allclose(op.forward(*arrays), ReferenceOp(op).value(*arrays), rtol=RTOL, atol=ATOL)


def gradient_is_the_derivative(op: type[Op], name: str, draw: Draw) -> None:
    """A gradient is SymPy's derivative of the formula, and has the shape of its input."""
    arrays = draw(op_inputs(op), label="inputs")
    dy = draw(like(op.forward(*arrays)), label="gradient that arrives")
    d = _gradient(op, name, dy, arrays)
    assert d.shape == arrays[op.inputs.index(name)].shape, f"d{name} must have the shape of {name}"
    expected = ReferenceOp(op).gradient(name, dy, *arrays)
    np.testing.assert_allclose(d, expected, rtol=RTOL, atol=ATOL)


def gradient_is_the_slope(op: type[Op], name: str, draw: Draw) -> None:
    """A gradient, along a random direction, is the complex-step derivative of the value."""
    arrays = draw(op_inputs(op), label="inputs")
    dy = draw(like(op.forward(*arrays)), label="gradient that arrives")
    position = op.inputs.index(name)
    direction = draw(like(arrays[position]), label="direction")
    stepped = list(arrays)
    stepped[position] = arrays[position] + 1e-30j * direction
    slope = np.sum(dy * np.asarray(op.forward(*stepped)).imag) / 1e-30
    d = _gradient(op, name, dy, arrays)
    np.testing.assert_allclose(np.sum(d * direction), slope, rtol=RTOL, atol=ATOL)


def written_formula_is_the_value(op: type[Op], draw: Draw) -> None:
    """The LaTeX of the definition, read entry by entry, gives ``forward``."""
    arrays = draw(op_inputs(op), label="inputs")
    y = np.asarray(op.forward(*arrays))
    letters = dict(zip((*op.inputs, op.output), (*arrays, y), strict=True))
    _assert_as_written(op, None, letters, y)


def written_gradient_is_the_gradient(op: type[Op], name: str, draw: Draw) -> None:
    """The LaTeX of a gradient in the docstring, read entry by entry, gives the gradient method."""
    arrays = draw(op_inputs(op), label="inputs")
    y = np.asarray(op.forward(*arrays))
    dy = draw(like(y), label="gradient that arrives")
    letters = dict(zip((*op.inputs, op.output, f"d{op.output}"), (*arrays, y, dy), strict=True))
    _assert_as_written(op, name, letters, _gradient(op, name, dy, arrays))


def _assert_as_written(
    op: type[Op], target: str | None, letters: dict[str, Array], computed: Array
) -> None:
    read = rule(op, target)
    named = {letter: (letter, array) for letter, array in letters.items()}
    written = [entry_value(read, named, computed.shape, place) for place in np.ndindex(computed.shape)]
    np.testing.assert_allclose(written, computed.ravel(), rtol=RTOL, atol=ATOL)


def batch_is_the_sum_of_its_members(op: type[Op], draw: Draw) -> None:
    """Along leading axes, values and gradients stack; gradients of inputs without them are summed."""
    size = draw(st.integers(1, 3), label="batch")
    arrays = draw(op_inputs(op, leading=(size,)), label="inputs")
    carries = [a.ndim > len(axes) for a, axes in zip(arrays, op.shape_rule.inputs, strict=True)]
    assume(any(carries))
    members = [[a[i] if c else a for a, c in zip(arrays, carries, strict=True)] for i in range(size)]
    y = op.forward(*arrays)
    np.testing.assert_allclose(y, [op.forward(*m) for m in members], rtol=RTOL, atol=ATOL)
    dy = draw(like(y), label="gradient that arrives")
    for name, carried in zip(op.inputs, carries, strict=True):
        if op.gradient_methods[name] is None:
            continue
        single = np.array([_gradient(op, name, dy[i], members[i]) for i in range(size)])
        expected = single if carried else single.sum(axis=0)
        np.testing.assert_allclose(
            _gradient(op, name, dy, arrays), expected, rtol=RTOL, atol=ATOL, err_msg=f"d{name}"
        )


def inputs_are_left_alone(op: type[Op], draw: Draw) -> None:
    """Nothing is written into the inputs, and the same inputs give the same result, bit for bit."""
    arrays = draw(op_inputs(op), label="inputs")
    y = np.asarray(op.forward(*arrays))
    dy = draw(like(y), label="gradient that arrives")
    given_ = [*arrays, dy, y]
    before = [a.copy() for a in given_]
    for a in given_:
        a.flags.writeable = False
    first = [_gradient(op, name, dy, arrays) for name in differentiable(op)]
    for name, d in zip(differentiable(op), first, strict=True):
        np.testing.assert_array_equal(d, _gradient(op, name, dy, arrays))
    np.testing.assert_array_equal(y, op.forward(*arrays))
    for a, b in zip(given_, before, strict=True):
        np.testing.assert_array_equal(a, b)


def wrong_shapes(op: type[Op]) -> list[tuple[str, int]]:
    """How the shape of an input can be wrong: (in what way, the input's position).

    A single scalar cannot have a wrong shape: any axes it has are leading axes.
    """
    found = []
    for i, (name, axes) in enumerate(zip(op.inputs, op.shape_rule.inputs, strict=True)):
        others = [j for j in range(len(op.inputs)) if j != i]
        if axes:
            found.append(("lacks an axis", i))
        if _tied_axes(op, i):
            found.append(("has a longer axis", i))
        if name in op.shared:
            found.append(("has a leading axis", i))
        elif any(op.inputs[j] not in op.shared for j in others):
            found.append(("has another leading axis", i))
    return found


def _tied_axes(op: type[Op], i: int) -> list[int]:
    """Axes of an input that are also those of another input."""
    rest = {a for j, axes in enumerate(op.shape_rule.inputs) if j != i for a in axes}
    return [k for k, a in enumerate(op.shape_rule.inputs[i]) if a in rest]


def wrong_shape_is_refused(op: type[Op], draw: Draw) -> None:
    """An input with an axis missing, one too many, or one of another length is named in the error."""
    arrays = draw(op_inputs(op, leading=()), label="inputs")
    way, i = draw(st.sampled_from(wrong_shapes(op)), label="what is wrong with which input")
    spoilt = list(arrays)
    if way == "lacks an axis":
        spoilt[i] = arrays[i][0] if arrays[i].ndim == 1 else arrays[i].ravel()
    elif way == "has a longer axis":
        axis = draw(st.sampled_from(_tied_axes(op, i)), label="axis")
        spoilt[i] = np.concatenate([arrays[i], np.take(arrays[i], [0], axis=axis)], axis=axis)
    else:
        spoilt[i] = np.stack([arrays[i]] * 2)
    if way == "has another leading axis":
        others = [j for j, name in enumerate(op.inputs) if j != i and name not in op.shared]
        j = draw(st.sampled_from(others), label="different from that of input")
        spoilt[j] = np.stack([arrays[j]] * 3)
    with pytest.raises(ShapeError) as caught:
        op.check(*spoilt)
    message = str(caught.value)
    assert message.startswith(f"{op.__name__}: `")
    assert f"`{op.inputs[i]}`" in message
    assert op.signature in message or "leading axes" in message


def index_outside_is_refused(op: type[Op], name: str, draw: Draw) -> None:
    """A whole number outside its range, or a fraction, is refused and named."""
    arrays = draw(op_inputs(op), label="inputs")
    position = op.inputs.index(name)
    bad = draw(st.sampled_from([-1, 10**6]), label="bad number")
    for spoilt in (np.full_like(arrays[position], bad), arrays[position] + 0.5):
        inputs = [*arrays[:position], spoilt, *arrays[position + 1 :]]
        with pytest.raises(DomainError, match=f"`{name}` (holds|must hold)"):
            op.check(*inputs)


def fused_equals_chain(op: type[Op], draw: Draw) -> None:
    """A fused operation has the value and the gradients of the operations that it replaces."""
    arrays = draw(op_inputs(op), label="inputs")
    names, used = list(op.inputs), dict(zip(op.inputs, arrays, strict=True))
    steps: list[tuple[type[Op], list[Array], Array]] = []
    flowing = used[names.pop(0)]
    for part in op.fuses:
        others = [used[names.pop(0)] for _ in part.inputs[1:]]
        inputs = [flowing, *others]
        flowing = np.asarray(part.forward(*inputs))
        steps.append((part, inputs, flowing))
    np.testing.assert_allclose(op.forward(*arrays), flowing, rtol=RTOL, atol=ATOL)
    dy = draw(like(flowing), label="gradient that arrives")
    d = dy
    for part, inputs, _ in reversed(steps):
        d = _gradient(part, part.inputs[0], d, inputs)
    np.testing.assert_allclose(_gradient(op, op.inputs[0], dy, arrays), d, rtol=RTOL, atol=ATOL)


def docstring_states_shapes_and_gradients(op: type[Op], _: Draw) -> None:
    """The docstring's Shapes line is the signature, and its Gradients section has a line for each."""
    doc = inspect.getdoc(op) or ""
    stated = re.search(r"^Shapes\n-+\n(.+?)\n\n", doc, re.DOTALL | re.MULTILINE)
    assert stated, f"{op.__name__}: the docstring has no section Shapes"
    axes = (*op.shape_rule.inputs, op.shape_rule.output)
    shared = [name in op.shared for name in op.inputs] + [False]
    shown = [
        f"{name} ({', '.join((() if fixed else ('...',)) + letters)})"
        for name, letters, fixed in zip((*op.inputs, op.output), axes, shared, strict=True)
    ]
    assert stated[1] == f"{', '.join(shown[:-1])} -> {shown[-1]}"
    assert sorted(stated_gradients(op)) == sorted(differentiable(op))
    for section in ("References", "Examples"):
        assert f"\n{section}\n---" in doc, f"{op.__name__}: the docstring has no section {section}"
