"""The contract of an operation: what is refused when the class is created, checked or applied."""

from __future__ import annotations

import inspect
import sys

import numpy as np
import pytest
from refusal import refusal

from teachrnn import (
    OPS,
    Add,
    Affine,
    CrossEntropy,
    Dropout,
    Embedding,
    Op,
    Slice,
    Tanh,
    Trace,
    Value,
    ops,
)
from teachrnn.domain import Choice, Index, Reals
from teachrnn.errors import DomainError, NameLookupError, ShapeError, TeachrnnError

every_op = pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.__name__)


def parts(**changes):
    """The class body of a sound operation, y = 2 x, with some parts changed (or, by ..., left out)."""
    body = {
        "__module__": __name__,
        "signature": "(n)->(n)",
        "formula": staticmethod(lambda sp, x: x * 2),
        "forward": staticmethod(lambda x: x * 2),
        "dx": staticmethod(lambda dy, x, y: dy * 2),
    }
    return {name: part for name, part in (body | changes).items() if part is not ...}


def make(name="Twice", *, register=False, **changes):
    """Define the operation."""
    return type(Op)(name, (Op,), parts(**changes), register=register)


def class_refusal(**changes):
    """The error message when such a class is defined."""
    with pytest.raises(TypeError) as caught:
        make(**changes)
    return str(caught.value)


@pytest.fixture
def registry(monkeypatch):
    """The registry of operations, restored after the test."""
    before = dict(OPS)
    yield OPS
    OPS.clear()
    OPS.update(before)


# When the class is made --------------------------------------------------------------------------


def test_a_sound_operation_knows_its_inputs_its_output_and_its_gradients():
    twice = make()
    assert twice.inputs == ("x",)
    assert twice.output == "y"
    assert twice.gradient_methods == {"x": twice.dx}
    assert twice.shape_rule.inputs == (("n",),)
    assert (twice.shared, dict(twice.domain), twice.fuses) == ((), {}, ())


@pytest.mark.parametrize("part", ["signature", "forward", "formula"])
def test_an_operation_without_one_of_its_parts_is_refused_when_the_class_is_made(part):
    assert class_refusal(**{part: ...}) == f"Twice must define `{part}`; see help(teachrnn.Op)."


def test_a_gradient_that_is_missing_is_refused_when_the_class_is_made():
    assert (
        class_refusal(dx=...) == "Twice must define dx (or set it to None: the input has no gradient)."
    )


def test_every_gradient_that_is_missing_is_named():
    message = class_refusal(
        signature="(n),(n)->(n)",
        forward=staticmethod(lambda x, w: x),
        formula=staticmethod(lambda sp, x, w: x),
        dx=...,
    )
    assert message == "Twice must define dx, dw (or set it to None: the input has no gradient)."


def test_a_gradient_set_to_none_is_not_missing():
    assert make(dx=None).gradient_methods == {"x": None}
    assert make(dx=None).output == "y"  # there is no gradient to read another name from


@pytest.mark.parametrize(
    ("gradient", "takes", "needs"),
    [
        (lambda dy, x: dy, "dy, x", "dy, x, y"),
        (lambda dy: dy, "dy", "dy, x, y"),
        (lambda dy, x, y, z: dy, "dy, x, y, z", "dy, x, y"),
        (lambda dy, y, x: dy, "dy, y, x", "dy, x, y"),
        (lambda dy, x, p: dy, "dy, x, p", "dy, x, y"),
        (lambda dp, x, y: dp, "dp, x, y", "dp, x, p"),
        (lambda dy, u, y: dy, "dy, u, y", "dy, x, y"),
    ],
)
def test_a_gradient_with_wrong_arguments_is_refused_with_the_right_ones(gradient, takes, needs):
    assert class_refusal(dx=staticmethod(gradient)) == (
        f"Twice.dx takes ({takes}) but must take ({needs}): "
        "the gradient of the output, every input, the output."
    )


def test_the_output_is_named_by_the_gradients():
    assert make(dx=staticmethod(lambda dp, x, p: dp)).output == "p"
    assert {name: op.output for name, op in OPS.items() if op.output != "y"} == {
        "CrossEntropy": "L",
        "Softmax": "p",
        "SoftmaxCrossEntropy": "L",
    }


def test_an_input_without_gradient_does_not_hide_the_wrong_arguments_of_the_next():
    message = class_refusal(
        signature="(n),(n)->(n)",
        forward=staticmethod(lambda x, w: x),
        formula=staticmethod(lambda sp, x, w: x),
        dx=None,
        dw=staticmethod(lambda dy, w, x, y: dy),
    )
    assert message.startswith("Twice.dw takes (dy, w, x, y) but must take (dy, x, w, y)")


def test_a_signature_with_another_number_of_inputs_than_forward_is_refused():
    assert class_refusal(signature="(n),(n)->(n)") == (
        "Twice: signature (n),(n)->(n) has 2 inputs, forward has 1: x."
    )


def test_a_signature_that_cannot_be_read_is_refused_when_the_class_is_made():
    with pytest.raises(ValueError, match="signature 'n->n' is not of the form"):
        make(signature="n->n")


@pytest.mark.parametrize("kind", ["shared", "domain"])
def test_unknown_names_in_shared_and_domain_are_refused(kind):
    names = ("W", "A") if kind == "shared" else {"W": Reals(), "A": Reals(), "x": Reals()}
    assert class_refusal(**{kind: names}) == f"Twice.{kind} names ['A', 'W'], not among ('x',)."


def test_a_second_operation_of_the_same_name_from_another_module_is_refused(registry):
    message = class_refusal(name="Tanh", register=True)
    assert message == (
        "the name 'Tanh' is that of another operation, in teachrnn.ops.tanh: "
        "give Tanh a name of its own."
    )
    assert registry["Tanh"] is Tanh


def test_a_class_that_is_defined_again_in_its_module_takes_the_place_of_the_first(registry):
    first, second = make(register=True), make(register=True)  # as when a notebook cell is run twice
    assert registry["Twice"] is second is not first


def test_defining_an_operation_registers_it_unless_told_otherwise(registry):
    make("Thrice", register=False)
    assert "Thrice" not in registry
    thrice = type(Op)("Thrice", (Op,), parts())
    assert registry["Thrice"] is thrice


def test_a_refused_class_is_not_registered(registry):
    class_refusal(register=True, dx=...)
    assert "Twice" not in registry


def test_an_operation_can_inherit_the_parts_of_another():
    base = make()
    child = type(Op)("Child", (base,), {"__module__": __name__}, register=False)
    assert child.gradient_methods == base.gradient_methods
    assert child.inputs == ("x",)


# Every operation of the library ------------------------------------------------------------------


@every_op
def test_the_parts_of_an_operation_can_be_called_on_the_class_and_on_an_application(op):
    for part in ("formula", "forward", *(f"d{name}" for name in op.inputs)):
        static = inspect.getattr_static(op, part)
        assert static is None or isinstance(static, staticmethod), part
    assert isinstance(inspect.getattr_static(op, "requires"), classmethod)


@every_op
def test_the_formula_takes_the_matrices_and_then_the_inputs(op):
    assert tuple(inspect.signature(op.formula).parameters) == ("sp", *op.inputs)


@every_op
def test_requires_takes_the_inputs(op):
    takes = inspect.signature(op.requires).parameters.values()
    assert [p.name for p in takes] in ([*op.inputs], ["arrays"])


def test_the_registry_holds_every_operation_by_its_name():
    ours = {name: op for name, op in OPS.items() if op.__module__.startswith("teachrnn.ops.")}
    assert all(op.__name__ == name for name, op in ours.items())
    assert {"OPS", *ours} == set(ops.__all__)


# When inputs are checked -------------------------------------------------------------------------


def test_a_check_returns_the_sizes_that_it_found():
    binding = Affine.check(np.zeros((7, 4)), np.zeros((5, 4)), np.zeros(5))
    assert (binding.sizes, binding.leading) == ({"d": 4, "h": 5}, (7,))


def test_a_checks_message_begins_with_the_given_place():
    message = refusal(ShapeError, lambda: Tanh.check(np.array(1.0), where="Tanh `h[3]`"))
    assert message == "Tanh `h[3]`: `x` has shape () but (n)->(n) needs (n,)."


def test_a_token_outside_is_refused_with_its_place_and_the_axis():
    x = np.array([[0, 2], [1, 7]])
    assert refusal(DomainError, lambda: Embedding.check(x, np.zeros((2, 3)))) == (
        "Embedding: `x` holds 7 at index (1, 1) but must lie in 0..2 (axis K has size 3)."
    )


def test_the_first_of_several_tokens_outside_is_named():
    x = np.array([0, -1, 9])
    assert "holds -1 at index (1,) but" in refusal(
        DomainError, lambda: Embedding.check(x, np.zeros((2, 3)))
    )


def test_a_single_token_outside_has_no_index():
    for token in (3, -1):
        message = refusal(DomainError, lambda t=token: Embedding.check(np.array(t), np.zeros((2, 3))))
        assert message == f"Embedding: `x` holds {token} but must lie in 0..2 (axis K has size 3)."


def test_the_first_and_the_last_token_are_accepted():
    for x in (np.array(0), np.array(2), np.array([0, 2]), np.array([0, 2], dtype=np.uint8)):
        assert Embedding.check(x, np.zeros((2, 3))).sizes["K"] == 3


def test_tokens_that_are_not_whole_numbers_are_refused_even_where_their_values_are():
    message = refusal(DomainError, lambda: Embedding.check(np.array([1.0]), np.zeros((2, 3))))
    assert message == "Embedding: `x` must hold whole numbers (an integer array), got float64."
    message = refusal(DomainError, lambda: Embedding.check(np.array(True), np.zeros((2, 3))))
    assert message == "Embedding: `x` must hold whole numbers (an integer array), got bool."


def test_an_end_may_be_the_size_itself_and_a_start_may_not():
    x = np.zeros(3)
    assert Slice.check(x, np.array(0), np.array(3)).sizes == {"n": 3}
    assert refusal(DomainError, lambda: Slice.check(x, np.array(0), np.array(4))) == (
        "Slice: `stop` holds 4 but must lie in 0..3 (axis n has size 3)."
    )
    assert refusal(DomainError, lambda: Slice.check(x, np.array(3), np.array(3))) == (
        "Slice: `start` holds 3 but must lie in 0..2 (axis n has size 3)."
    )


def test_an_empty_batch_of_tokens_has_nothing_outside():
    assert Embedding.check(np.zeros((0,), dtype=int), np.zeros((2, 3))).leading == (0,)


def test_a_mask_of_other_values_is_refused():
    x, keep = np.zeros(2), np.array(0.5)
    assert Dropout.check(x, np.array([0.0, 1.0]), keep).leading == ()
    assert refusal(DomainError, lambda: Dropout.check(x, np.array([0.0, 0.5]), keep)) == (
        "Dropout: `mask` must hold only (0.0, 1.0)."
    )


def test_the_message_of_requires_is_passed_on():
    message = refusal(DomainError, lambda: Slice.check(np.zeros(3), np.array(2), np.array(1)))
    assert message == "Slice: `start` is 2 and `stop` is 1: the slice would be empty."


def test_real_numbers_outside_the_range_for_drawing_are_not_refused():
    assert CrossEntropy.check(np.array([0.001, 0.999]), np.array(0)).sizes == {
        "K": 2
    }  # drawn from 0.05 on


def test_domains_are_plain_data():
    assert Reals() == Reals(-2.0, 2.0, ())
    assert Index("K") == Index("K", end=False)
    assert Choice((0.0, 1.0)).values == (0.0, 1.0)
    with pytest.raises(AttributeError):
        Index("K").axis = "n"


# When it is applied ------------------------------------------------------------------------------


@pytest.fixture
def trace():
    return Trace()


def test_an_application_records_its_value_its_inputs_and_its_name(trace):
    x = trace.input("x", [0.5, -1.0])
    y = Tanh(x, name="y")
    assert isinstance(y, Value)
    assert trace["y"] is y
    assert (y.operands, y.role, y.index, y.t, y.shape) == ((x,), "result", 1, None, (2,))
    np.testing.assert_array_equal(y.data, np.tanh([0.5, -1.0]))
    assert repr(y) == "<y = Tanh(x) (2,)>"
    assert repr(x) == "<input x (2,)>"


def test_without_a_name_it_is_named_after_the_operation_and_numbered(trace):
    x = trace.input("x", [1.0])
    assert [Tanh(x).name, Tanh(x).name, Tanh(x).name, Add(x, x).name] == [
        "tanh",
        "tanh2",
        "tanh3",
        "add",
    ]


def test_at_a_time_step_the_name_carries_it(trace):
    x = trace.parameter("x", [1.0])
    with trace.at(3, scope="layer2."):
        assert Tanh(x, name="h").name == "layer2.h[3]"
        assert [Tanh(x).name, Tanh(x).name] == ["layer2.tanh[3]", "layer2.tanh2[3]"]
        assert trace["layer2.h[3]"].t == 3


def test_a_plain_array_becomes_a_constant(trace):
    x = trace.input("x", [1.0, 2.0])
    y = Add(x, [10.0, 20.0], name="y")
    assert [(v.name, v.role) for v in trace] == [
        ("x", "input"),
        ("constant", "constant"),
        ("y", "result"),
    ]
    np.testing.assert_array_equal(y.data, [11.0, 22.0])
    z = Slice(y, 0, 1, name="z")
    assert [v.name for v in z.operands] == ["y", "constant2", "constant3"]


def test_the_constant_may_come_first(trace):
    x = trace.input("x", [1.0])
    assert [v.name for v in Add([2.0], x).operands] == ["constant", "x"]


def test_the_line_that_applied_it_is_remembered(trace):
    x = trace.input("x", [1.0])
    line = sys._getframe().f_lineno + 1
    y = Tanh(x)
    assert (y.code, y.line) == (sys._getframe().f_code, line)


def test_plain_arrays_alone_are_refused_because_there_is_no_trace():
    assert refusal(TeachrnnError, lambda: Add([1.0], [2.0])) == (
        "Add: none of the inputs belongs to a trace. Record them first (trace.input, trace.parameter), "
        "or use Add.forward for plain arrays."
    )


def test_values_of_two_traces_do_not_mix(trace):
    another = Trace()
    x, other = trace.input("x", [1.0]), another.input("y", [2.0])
    assert refusal(TeachrnnError, lambda: Add(x, other, name="z")) == (
        "Add: `y` belongs to another trace."
    )
    assert "z" not in trace


def test_inputs_that_do_not_fit_are_refused_with_the_name_of_the_application(trace):
    x = trace.input("x", [1.0, 2.0])
    with trace.at(4):
        assert refusal(ShapeError, lambda: Add(x, trace.input("u", [1.0]), name="a")) == (
            "Add `a[4]`: `v` has shape (1,) but (n),(n)->(n) needs (n,) with n=2 (set by `u`)."
        )
    assert "a[4]" not in trace
    assert trace.ops == []


def test_a_name_that_is_taken_is_refused(trace):
    x = trace.input("x", [1.0])
    assert refusal(TeachrnnError, lambda: Tanh(x, name="x")) == (
        "the trace has a value named 'x' already: give this one another name, "
        "or record it at another time step (trace.at)."
    )
    assert trace.ops == []


def test_one_chain_rule_factor_is_available_by_the_name_of_the_input(trace):
    u, v = trace.input("u", [1.0, 2.0]), trace.input("v", [3.0, 4.0])
    y = OPS["Multiply"](u, v)
    dy = np.array([1.0, 10.0])
    np.testing.assert_array_equal(y.gradient_for("u", dy), [3.0, 40.0])
    np.testing.assert_array_equal(y.gradient_for("v", dy), [1.0, 20.0])


def test_the_factor_of_an_input_without_a_gradient_is_refused(trace):
    y = Embedding(trace.input("x", 1), trace.parameter("U", np.eye(2)))
    assert refusal(TeachrnnError, lambda: y.gradient_for("x", np.ones(2))) == (
        "Embedding: input `x` has no gradient."
    )


def test_errors_for_mistakes_of_the_user_have_one_base():
    for error in (ShapeError, DomainError, NameLookupError):
        assert issubclass(error, TeachrnnError)
    assert str(NameLookupError("no value is named 'x'")) == "no value is named 'x'"  # not its repr


# What is said when a class cannot be an operation ------------------------------------------------


def two(x, w):
    return x


TWO_INPUTS = {
    "signature": "(n),(n)->(n)",
    "forward": staticmethod(two),
    "formula": staticmethod(lambda sp, x, w: x),
    "dw": staticmethod(lambda dy, x, w, y: dy),
    "dx": staticmethod(lambda dy, x, w, y: dy),
}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"forward": staticmethod(lambda *x: x)}, "Twice.forward takes (*x) but must take the inputs"),
        ({"forward": staticmethod(lambda x, a=1: x)}, "Twice.forward takes (x, a=1) but must take"),
        ({"forward": staticmethod(lambda *, x: x)}, "Twice.forward takes (*, x) but must take"),
        ({"forward": staticmethod(lambda x, **k: x)}, "Twice.forward takes (x, **k) but must take"),
        ({"forward": np.tanh}, "Twice.forward takes "),
        ({"forward": staticmethod(max)}, "Twice.forward takes arguments that it does not tell but"),
        ({"forward": lambda self, x: x}, "Twice.forward takes `self`: write @staticmethod above it"),
        ({"forward": 3}, "Twice.forward is 3 but must be a function."),
        ({"signature": 3}, "Twice.signature is 3 but must be text, such as '(d),(h,d)->(h)'."),
        ({"formula": staticmethod(lambda x: x)}, "Twice.formula takes (x) but must take (sp, x)"),
        ({"formula": staticmethod(lambda sp: sp)}, "Twice.formula takes (sp) but must take (sp, x)"),
        ({"formula": staticmethod(lambda sp, x, w: x)}, "Twice.formula takes (sp, x, w) but must take"),
        (
            {"formula": staticmethod(lambda sp, z: z)},
            "Twice.formula takes (sp, z) but must take (sp, x)",
        ),
        ({"formula": staticmethod(lambda *a: a)}, "Twice.formula takes (*a) but must take (sp, x)"),
        ({"dx": staticmethod(lambda: 0)}, "Twice.dx takes () but must take (dy, x, y)"),
        ({"dx": staticmethod(lambda *a: 0)}, "Twice.dx takes (*a) but must take (d"),
        ({"dx": staticmethod(lambda g, x, y: g)}, "Twice.dx takes (g, x, y) but must take (dy, x, y)"),
        ({"dx": staticmethod(lambda dy, x, y=0: dy)}, "Twice.dx takes (dy, x, y=0) but must take"),
        ({"dx": lambda self, dy, x, y: dy}, "Twice.dx takes `self`: write @staticmethod above it"),
        ({"dx": 3}, "Twice.dx is 3 but must be a function."),
        ({"shared": "x"}, "Twice.shared is the text 'x' but must be a tuple of names: ('x',)."),
        ({"domain": ("x",)}, "Twice.domain must be a dict, such as {'y': Index('K')}."),
        ({"domain": {"x": "K"}}, "Twice.domain['x'] is 'K' but must be Reals(...), Index(...) or"),
        ({"domain": {"x": Index("K")}}, "Twice.domain['x'] counts along axis 'K', which no input of"),
        (
            {"requires": lambda self, x: None},
            "Twice.requires must be a @classmethod that takes (cls, x)",
        ),
        ({"fuses": Tanh}, "Twice.fuses must be a tuple of operations: (Softmax, CrossEntropy)."),
        (
            TWO_INPUTS | {"dw": staticmethod(lambda dp, x, w, p: dp)},
            "Twice.dw takes (dp, x, w, p) but must take (dy, x, w, y)",
        ),
        (
            {
                "signature": "(n),(n)->(n)",
                "forward": staticmethod(lambda x, y: x),
                "formula": staticmethod(lambda sp, x, y: x),
                "dx": staticmethod(lambda dy, x, y: dy),
                "dy": None,
            },
            "Twice: `y` is an input, so the output needs another name, which its gradients give it: "
            "dx(dL, x, y, L), say.",
        ),
    ],
)
def test_a_class_that_cannot_work_is_refused_with_what_to_write(changes, says):
    assert class_refusal(**changes).startswith(says)


def test_a_requirement_may_be_a_static_method():
    positive = make(requires=staticmethod(lambda x: None if (x > 0).all() else "`x` is not positive."))
    assert positive.check(np.ones(2)).sizes == {"n": 2}
    assert refusal(DomainError, lambda: positive.check(-np.ones(2))) == "Twice: `x` is not positive."
