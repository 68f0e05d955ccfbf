"""Operations with only numbers, or only shared inputs, can be tested against the laws like any other."""

from __future__ import annotations

import numpy as np

from teachrnn import Affine, Op
from teachrnn.testing import op_suite
from teachrnn.testing.op_suite import laws_of, wrong_shapes


class Square(Op, register=False):
    signature = "()->()"
    formula = staticmethod(lambda sp, x: x**2)
    forward = staticmethod(lambda x: x * x)
    dx = staticmethod(lambda dy, x, y: 2 * x * dy)


class Scaled(Op, register=False):
    signature = "(),()->()"
    shared = ("w",)
    formula = staticmethod(lambda sp, x, w: x * w)
    forward = staticmethod(lambda x, w: x * w)
    dx = staticmethod(lambda dy, x, w, y: dy * w)
    dw = staticmethod(lambda dy, x, w, y: np.sum(dy * x))


class Penalty(Op, register=False):
    signature = "(n)->()"
    shared = ("w",)
    formula = staticmethod(lambda sp, w: (w.T * w)[0])
    forward = staticmethod(lambda w: w.dot(w))
    dw = staticmethod(lambda dy, w, y: 2 * dy * w)


test_operations_of_scalars_and_of_shared_inputs_alone = op_suite(Square, Scaled, Penalty)


def test_ways_in_which_shapes_can_be_wrong():
    assert wrong_shapes(Square) == []  # whatever axes it has are leading axes
    assert wrong_shapes(Scaled) == [("has a leading axis", 1)]
    assert wrong_shapes(Penalty) == [("lacks an axis", 0), ("has a leading axis", 0)]
    assert wrong_shapes(Affine) == [
        ("lacks an axis", 0),
        ("has a longer axis", 0),
        ("lacks an axis", 1),
        ("has a longer axis", 1),
        ("has a leading axis", 1),
        ("lacks an axis", 2),
        ("has a longer axis", 2),
        ("has a leading axis", 2),
    ]


def test_a_law_that_cannot_be_broken_is_omitted():
    assert "refuses shape" not in [law.part for law in laws_of(Square)]
    assert "batch" not in [law.part for law in laws_of(Penalty)]
    assert {"refuses shape", "batch"} <= {law.part for law in laws_of(Scaled)}
