"""Code in teachrnn's own letters is recognised: `c`, elsewhere a state, is the bias of the readout."""

from __future__ import annotations

import my_rnn
import pytest

from teachrnn.submission import Submission


def test_a_backward_pass_in_our_letters_is_recognised():
    submission = Submission.of([my_rnn.forward, my_rnn.backward])
    assert submission.cell == "vanilla"
    instance = submission.draw(T=3, hidden=2, symbols=4, seed=1)
    answer = submission.answer(instance)
    assert answer.loss == pytest.approx(float(instance.trace.total_loss))
    assert {*instance.gradients, "h[0]"} <= answer.gradients.keys()
    for name, right in instance.gradients.items():
        assert answer.gradients[name] == pytest.approx(right), name
