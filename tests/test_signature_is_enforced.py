"""What a user's operation computes is checked against its signature, and its arguments are read-only."""

from __future__ import annotations

import numpy as np
import pytest
from refusal import refusal

from teachrnn import Add, Backprop, Embedding, Op, Sum, Trace, backpropagate
from teachrnn.errors import DomainError, ShapeError, TeachrnnError


def operation(forward=lambda x: x * 2, dx=lambda dy, x, y: dy * 2, *, signature="(n)->(n)"):
    """The operation y = 2 x, with its methods replaced if given."""
    body = {
        "signature": signature,
        "formula": staticmethod(lambda sp, x: x * 2),
        "forward": staticmethod(forward),
        "dx": staticmethod(dx),
    }
    return type(Op)("Twice", (Op,), body, register=False)


def biased(db):
    """y = x + b for one b at every position, with a gradient for b."""
    body = {
        "signature": "(n),(n)->(n)",
        "shared": ("b",),
        "formula": staticmethod(lambda sp, x, b: x + b),
        "forward": staticmethod(lambda x, b: x + b),
        "dx": staticmethod(lambda dy, x, b, y: dy),
        "db": staticmethod(db),
    }
    return type(Op)("Biased", (Op,), body, register=False)


def recorded(op, x=(1.0, 2.0, 3.0)):
    """L = sum op(z) with z = x + x, recorded."""
    trace = Trace()
    x = trace.input("x", x)
    z = Add(x, x, name="z")
    trace.loss(Sum(op(z, name="y"), name="L"))
    return trace


def write(array, value):
    array[...] = 0
    return value


# Read-only ---------------------------------------------------------------------------------------

WRITES = "writes into an array that it was given"


@pytest.mark.parametrize(
    "dx",
    [
        lambda dy, x, y: write(dy, dy),
        lambda dy, x, y: write(x, dy),
        lambda dy, x, y: write(y, dy),
        lambda dy, x, y: np.multiply(dy, 2, out=dy),
        lambda dy, x, y: dy.sort(),
    ],
    ids=["dy", "operand", "result", "out=", "sort"],
)
def test_a_gradient_that_writes_into_its_arguments_is_named(dx):
    message = refusal(TeachrnnError, lambda: backpropagate(recorded(operation(dx=dx))))
    assert message.startswith(f"Twice.dx (at `y`) {WRITES}")
    assert "compute a new array" in message


def test_gradients_of_an_operation_that_tried_to_write_into_dy_are_right():
    """The gradients are x 8, y 8, z 2, s 2; when dy could be written into, they were 6, 3, 1, 1."""
    trace = Trace()
    x = trace.input("x", [1.0])
    y = operation(lambda x: x * 2)(x, name="y")
    trace.loss(Sum(Add(y, x, name="z"), name="s"))
    backpropagate(trace)
    for _ in range(2):
        assert [trace[name].grad.item() for name in "xyzs"] == [3, 1, 1, 1]


def test_a_forward_that_writes_into_its_input_is_named_and_records_nothing():
    trace = Trace()
    x = trace.input("x", [1.0, 2.0])
    message = refusal(TeachrnnError, lambda: operation(lambda x: write(x, x))(x, name="y"))
    assert message.startswith(f"Twice.forward (at `y`) {WRITES}")
    np.testing.assert_array_equal(x.data, [1, 2])
    assert "y" not in trace


def test_a_part_that_uses_one_array_for_all_its_results_is_named():
    memory = np.zeros(3)
    one_array = operation(lambda x: np.multiply(x, 2, out=memory))
    trace = Trace()
    x = trace.input("x", [1.0, 2.0, 3.0])
    one_array(x, name="y")
    message = refusal(TeachrnnError, lambda: one_array(x, name="z"))
    assert message.startswith("Twice.forward (at `z`) writes into an array")
    np.testing.assert_array_equal(trace["y"].data, [2, 4, 6])


def test_the_gradient_of_something_shared_cannot_write_into_the_next_ones_arguments():
    """The uses of an input are stacked, and the stack is kept for the other shared inputs."""

    def db(dy, x, b, y):
        dy *= 2
        return dy.sum(axis=0)

    op = biased(db)
    trace = Trace()
    b = trace.parameter("b", [1.0])
    for t in (1, 2):
        with trace.at(t):
            trace.loss(op(trace.input("x", [1.0]), b, name="y"))
    sweep = backpropagate(trace)
    assert refusal(TeachrnnError, lambda: sweep.gradient("b")).startswith("Biased.db (at `y[2]`)")


def test_the_initial_gradient_of_backpropagation_is_read_only():
    trace = Trace()
    z = Add(trace.input("x", [1.0]), [1.0], name="z")
    trace.loss(operation(dx=lambda dy, x, y: write(dy, dy))(z, name="y"))
    assert WRITES in refusal(TeachrnnError, lambda: backpropagate(trace))


def test_a_gradient_method_cannot_write_into_the_users_array():
    y = recorded(operation(dx=lambda dy, x, y: write(dy, dy)))["y"]
    mine = np.ones(3)
    assert WRITES in refusal(TeachrnnError, lambda: y.gradient_for("x", mine))
    assert mine.tolist() == [1, 1, 1]
    mine += 1  # and it is still mine to write into


def test_an_exception_raised_by_an_operation_is_passed_on_unchanged():
    def dx(dy, x, y):
        raise ValueError("my own")

    with pytest.raises(ValueError, match="my own") as caught:
        backpropagate(recorded(operation(dx=dx)))
    assert not isinstance(caught.value, TeachrnnError)


def test_gradients_of_results_are_read_only_and_those_of_leaves_are_copies():
    trace = recorded(operation())
    sweep = Backprop(trace)
    for _ in sweep:
        for value in trace:
            d = sweep.gradient(value)
            assert d is None or d.flags.writeable == (value.role != "result"), value.name
    own = sweep.gradient("x")
    own *= 0
    assert sweep.gradient("x").tolist() == [4, 4, 4]


def test_the_gradient_of_a_leaf_is_a_copy_even_where_the_arriving_array_is_passed_on():
    trace = Trace()
    b = trace.parameter("b", [1.0, 2.0])
    trace.loss(Sum(Add(trace.input("x", [0.0, 0.0]), b, name="y"), name="L"))
    sweep = backpropagate(trace)
    gradients = sweep.gradients()
    np.clip(gradients["b"], -0.5, 0.5, out=gradients["b"])
    assert trace["y"].grad.tolist() == [1, 1]


# Shapes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leading", [(), (4,), (5, 4)])
def test_a_value_of_another_shape_than_the_signature_says_is_refused(leading):
    x = np.ones((*leading, 3))
    message = refusal(ShapeError, lambda: recorded(operation(lambda x: x[..., :2]), x))
    assert message == (
        f"Twice.forward (at `y`) returns shape {(*leading, 2)} but (n)->(n) needs {(*leading, 3)} for "
        "these inputs."
    )


def test_a_value_is_checked_against_the_signature_at_every_application_not_only_the_first():
    moody = operation(lambda x: x if x[0] > 0 else x[:1])
    trace = Trace()
    moody(trace.input("x", [1.0, 2.0]), name="y")
    message = refusal(ShapeError, lambda: moody(trace.input("z", [-1.0, 2.0]), name="u"))
    assert message.startswith("Twice.forward (at `u`) returns shape (1,)")


def test_an_axis_that_no_input_has_may_be_of_any_size_but_must_be_there():
    op = operation(lambda x: x[:2], signature="(n)->(k)")
    assert recorded(op)["y"].shape == (2,)
    op = operation(lambda x: x.sum(), signature="(n)->(k)")
    assert refusal(ShapeError, lambda: recorded(op)) == (
        "Twice.forward (at `y`) returns shape () but (n)->(k) needs (any,) for these inputs."
    )


def test_a_gradient_of_another_shape_than_its_input_is_refused():
    message = refusal(ShapeError, lambda: backpropagate(recorded(operation(dx=lambda dy, x, y: dy[:2]))))
    assert message == (
        "Twice.dx (at `y`) returns shape (2,) but `x` has shape (3,): a gradient has its input's shape."
    )


@pytest.mark.parametrize("steps", [1, 3])
def test_error_for_a_bias_gradient_that_keeps_its_batch_says_to_sum(steps):
    op = biased(lambda dy, x, b, y: dy)
    trace = Trace()
    b = trace.parameter("b", [1.0, 2.0])
    for t in range(1, steps + 1):
        with trace.at(t):
            trace.loss(op(trace.input("x", np.ones((3, 2))), b, name="y"))
    message = refusal(ShapeError, backpropagate(trace).gradients)
    assert message.startswith("Biased.db (at `y[")
    assert "but `b` has shape (2,): a gradient has its input's shape." in message
    assert message.endswith("the sum over them: see teachrnn.leading_axes.sum_leading.")
    term = backpropagate(trace).terms("b")[0]
    assert "sum_leading" in refusal(ShapeError, lambda: term.gradient)


# Numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gives", "says"),
    [
        (None, "returns None: is its `return` missing?"),
        (
            np.array([1, None, 2], object),
            "returns an array of object but must return an array of numbers.",
        ),
        ("abc", "returns str but must return an array of numbers."),
        ({"y": 1}, "returns dict but must return an array of numbers."),
        ([[1.0], [1.0, 2.0]], "returns rows of different lengths, which are not an array."),
        (
            np.array([True, False, True]),
            "returns an array of bool but must return an array of numbers: "
            "`.astype(float)` turns it into 0 and 1.",
        ),
        (np.ones(3) * 1j, "returns complex numbers for real inputs."),
    ],
    ids=["None", "objects", "text", "dict", "ragged", "truth values", "complex"],
)
def test_results_that_are_not_arrays_of_numbers_are_refused(gives, says):
    message = refusal(DomainError, lambda: recorded(operation(lambda x: gives)))
    assert message == f"Twice.forward (at `y`) {says}"
    message = refusal(DomainError, lambda: backpropagate(recorded(operation(dx=lambda dy, x, y: gives))))
    assert message == f"Twice.dx (at `y`) {says}"


def test_a_list_of_numbers_and_a_plain_number_are_converted_to_arrays():
    trace = recorded(operation(lambda x: [2.0, 4.0, 6.0], dx=lambda dy, x, y: [2, 2, 2]))
    assert trace["y"].data.tolist() == [2, 4, 6]
    assert backpropagate(trace).gradient("x").tolist() == [4, 4, 4]
    single = operation(lambda x: 4.0, dx=lambda dy, x, y: 2, signature="()->()")
    trace = Trace()
    x = trace.input("x", 1.0)
    trace.loss(single(x, name="y"))
    assert backpropagate(trace).gradient("x").tolist() == 2


def test_complex_inputs_may_have_complex_values():
    trace = recorded(operation(), np.array([1j, 2j, 3j]))
    assert trace["y"].data.tolist() == [4j, 8j, 12j]


def test_a_replay_holds_an_operation_to_its_signature_too():
    sizes = iter([3, 2])
    trace = recorded(operation(lambda x: x[: next(sizes)]))
    assert refusal(ShapeError, trace.replay).startswith("Twice.forward (at `y`) returns shape (2,)")


def test_a_view_of_a_parameter_is_a_value_like_any_other():
    trace = Trace()
    U = trace.parameter("U", [[1.0, 2.0], [3.0, 4.0]])
    trace.loss(Sum(Embedding(trace.input("x", 1), U, name="u"), name="L"))
    assert backpropagate(trace).gradient("U").tolist() == [[0, 1], [0, 1]]
