"""Shape signatures: how they are parsed, what they bind, and the messages if shapes do not fit."""

from __future__ import annotations

import re

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from teachrnn import Add, Affine, Concatenate, CrossEntropy, Dropout, Embedding, Linear, Sum
from teachrnn.errors import ShapeError
from teachrnn.signature import Binding, Signature

AFFINE = Signature.parse("(d),(h,d),(h)->(h)")


def bind(text: str, *shapes: tuple[int, ...], shared: tuple[str, ...] = ()) -> Binding:
    """Fit shapes to a signature whose inputs are called a, b, c ..."""
    return Signature.parse(text).bind("op", tuple("abcd"[: len(shapes)]), shapes, frozenset(shared))


def refusal(op: type, *shapes: tuple[int, ...]) -> str:
    """The error message of an operation for arrays of these shapes."""
    with pytest.raises(ShapeError) as caught:
        op.check(*(np.zeros(shape) for shape in shapes))
    return str(caught.value)


# Reading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "inputs", "output"),
    [
        ("(n)->(n)", (("n",),), ("n",)),
        ("(n)->()", (("n",),), ()),
        ("()->()", ((),), ()),
        ("(d),(h,d),(h)->(h)", (("d",), ("h", "d"), ("h",)), ("h",)),
        ("(n),(),()->(k)", (("n",), (), ()), ("k",)),
        ("(a,b,c)->(c,a)", (("a", "b", "c"),), ("c", "a")),
        ("(d_1),(x2,d_1)->(x2)", (("d_1",), ("x2", "d_1")), ("x2",)),
    ],
)
def test_a_signature_is_read_bracket_by_bracket(text, inputs, output):
    signature = Signature.parse(text)
    assert signature.inputs == inputs
    assert signature.output == output
    assert signature.text == text


def test_spaces_in_a_signature_change_nothing():
    spaced = Signature.parse("  ( d ) , ( h , d ) -> ( h )  ")
    tight = Signature.parse("(d),(h,d)->(h)")
    assert (spaced.inputs, spaced.output) == (tight.inputs, tight.output)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(n)",
        "(n)->",
        "->(n)",
        "n->n",
        "(n),->(n)",
        "(n)(m)->(n)",
        "(n),(m)->(n),(m)",
        "(n)->(n)->(n)",
        "(n,)->(n)",
        "(,n)->(n)",
        "(3)->(n)",
        "(n m)->(n)",
        "((n))->(n)",
        "(n)=>(n)",
        "(n)->(n).",
    ],
)
def test_an_invalid_signature_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="is not of the form") as caught:
        Signature.parse(text)
    assert str(caught.value) == (
        f"signature {text!r} is not of the form '(d),(h,d)->(h)': "
        "one bracket an input, an arrow, one bracket for the output"
    )


def test_letters_come_in_order_of_first_appearance_and_once():
    assert AFFINE.letters() == ["d", "h"]
    assert Signature.parse("(z,a),(a),()->(q)").letters() == ["z", "a"]  # the output's are not asked for


# Binding -----------------------------------------------------------------------------------------


def test_every_letter_is_given_its_size():
    assert bind("(d),(h,d),(h)->(h)", (4,), (5, 4), (5,)) == Binding({"d": 4, "h": 5}, (), (5,))


def test_axes_in_front_of_the_core_are_leading_axes():
    assert bind("(d),(h,d)->(h)", (7, 2, 4), (5, 4)).leading == (7, 2)


def test_an_input_without_leading_axes_is_shared_by_all_positions_whichever_comes_first():
    assert bind("(n),(n)->(n)", (3,), (6, 3)).leading == (6,)
    assert bind("(n),(n)->(n)", (6, 3), (3,)).leading == (6,)


def test_a_scalar_core_takes_whole_shapes_as_leading_axes():
    assert bind("(),(h,K)->(h)", (7, 2), (5, 4)) == Binding({"h": 5, "K": 4}, (7, 2), (7, 2, 5))
    assert bind("(),(h,K)->(h)", (), (5, 4)).leading == ()


def test_an_axis_of_length_zero_or_one_is_a_size_like_any_other():
    assert bind("(d),(h,d)->(h)", (0,), (1, 0)).sizes == {"d": 0, "h": 1}
    with pytest.raises(ShapeError):  # no broadcasting of core axes, unlike NumPy's arithmetic
        bind("(n),(n)->(n)", (3,), (1,))


def test_leading_axes_are_not_broadcast_either():
    with pytest.raises(ShapeError):
        bind("(n),(n)->(n)", (6, 3), (1, 3))


@given(data=st.data())
def test_binding_finds_the_sizes_that_shapes_were_made_from(data):
    letters = st.sampled_from("abc")
    cores = data.draw(st.lists(st.lists(letters, max_size=3).map(tuple), min_size=1, max_size=4))
    sizes = {letter: data.draw(st.integers(0, 5)) for letter in "abc"}
    leading = tuple(data.draw(st.lists(st.integers(1, 3), max_size=2)))
    carries = [data.draw(st.booleans()) for _ in cores]
    text = ",".join(f"({','.join(core)})" for core in cores) + "->()"
    shapes = tuple(
        (leading if carried else ()) + tuple(sizes[a] for a in core)
        for core, carried in zip(cores, carries, strict=True)
    )
    binding = bind(text, *shapes)
    used = {letter for core in cores for letter in core}
    assert binding.sizes == {letter: sizes[letter] for letter in used}
    assert binding.leading == (leading if any(carries) else ())


# Refusing: the exact sentences -------------------------------------------------------------------


def test_an_axis_of_another_length_is_refused_with_the_input_that_set_it():
    assert refusal(Affine, (4,), (5, 3), (5,)) == (
        "Affine: `W` has shape (5, 3) but (d),(h,d),(h)->(h) needs (h, d) with d=4 (set by `x`)."
    )


def test_the_first_input_that_does_not_fit_is_the_one_named():
    assert refusal(Affine, (4,), (5, 4), (6,)) == (
        "Affine: `b` has shape (6,) but (d),(h,d),(h)->(h) needs (h,) with h=5 (set by `W`)."
    )
    assert refusal(Affine, (4,), (5, 3), (6,)).startswith("Affine: `W`")


def test_a_missing_axis_is_refused():
    assert refusal(Linear, (), (5, 4)) == "Linear: `x` has shape () but (d),(h,d)->(h) needs (d,)."
    assert refusal(Linear, (4,), (4,)) == (
        "Linear: `W` has shape (4,) but (d),(h,d)->(h) needs (h, d) with d=4 (set by `x`)."
    )
    assert refusal(Sum, ()) == "Sum: `x` has shape () but (n)->() needs (n,)."


def test_every_axis_that_is_already_set_is_mentioned_and_only_once():
    with pytest.raises(ShapeError) as caught:
        bind("(n),(m),(n,m,k,n)->()", (2,), (3,), (2, 9, 7, 2))
    assert str(caught.value) == (
        "op: `c` has shape (2, 9, 7, 2) but (n),(m),(n,m,k,n)->() needs (n, m, k, n) "
        "with n=2 (set by `a`), m=3 (set by `b`)."
    )


def test_an_input_inconsistent_with_itself_is_refused_without_blaming_another():
    with pytest.raises(ShapeError) as caught:
        bind("(n,n)->()", (2, 3))
    assert str(caught.value) == "op: `a` has shape (2, 3) but (n,n)->() needs (n, n)."


def test_a_weight_with_leading_axes_is_refused():
    assert refusal(Affine, (4,), (2, 5, 4), (5,)) == (
        "Affine: `W` has shape (2, 5, 4) but (d),(h,d),(h)->(h) needs (h, d) with d=4 (set by `x`)."
    )
    assert refusal(Affine, (2, 4), (5, 4), (2, 5)) == (
        "Affine: `b` has shape (2, 5) but (d),(h,d),(h)->(h) needs (h,) with h=5 (set by `W`)."
    )


def test_leading_axes_that_differ_are_refused_with_the_input_that_set_them():
    assert refusal(Add, (6, 3), (2, 3)) == (
        "Add: `v` has leading axes (2,) but `u` has (6,); "
        "leading axes (time, batch) must be the same, or absent."
    )
    assert refusal(Concatenate, (6, 2, 3), (2, 3)) == (
        "Concatenate: `v` has leading axes (2,) but `u` has (6, 2); "
        "leading axes (time, batch) must be the same, or absent."
    )


def test_the_input_that_set_the_leading_axes_need_not_be_the_first():
    with pytest.raises(ShapeError, match=re.escape("op: `c` has leading axes (5,) but `b` has (4,);")):
        bind("(n),(n),(n)->(n)", (3,), (4, 3), (5, 3))


def test_a_scalar_that_is_shared_has_no_leading_axes():
    assert refusal(Dropout, (3,), (3,), (2,)) == (
        "Dropout: `keep` has shape (2,) but (n),(n),()->(n) needs ()."
    )


def test_targets_must_lie_along_the_leading_axes_of_the_scores():
    with pytest.raises(ShapeError) as caught:
        CrossEntropy.check(np.full((2, 3, 4), 0.25), np.zeros((3, 2), dtype=int))
    assert str(caught.value) == (
        "CrossEntropy: `y` has leading axes (3, 2) but `p` has (2, 3); "
        "leading axes (time, batch) must be the same, or absent."
    )


def test_too_many_or_too_few_inputs_are_refused_with_the_names_of_all():
    assert refusal(Affine, (4,), (5, 4)) == "Affine: got 2 inputs but needs 3: x, W, b."
    assert refusal(Embedding, (), (5, 4), (5,)) == "Embedding: got 3 inputs but needs 2: x, U."


def test_a_refused_shape_is_not_cached_as_valid():
    for _ in range(2):  # shapes that fit are remembered
        assert "(set by `x`)" in refusal(Affine, (4,), (5, 3), (5,))
    assert Affine.check(np.zeros(4), np.zeros((5, 4)), np.zeros(5)).sizes == {"d": 4, "h": 5}


def test_a_shape_error_is_a_value_error_too():
    with pytest.raises(ValueError, match="`W` has shape"):
        Affine.check(np.zeros(4), np.zeros((5, 3)), np.zeros(5))
