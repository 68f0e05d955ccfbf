"""Code that prints, loops, raises or returns something else gets a sentence that names the function."""

from __future__ import annotations

import re
from pathlib import Path
from time import process_time

import numpy as np
import pytest

from teachrnn.errors import SubmissionError
from teachrnn.submission import IsolatedSubmission, Submission, attempts, limits, recognition
from teachrnn.submission.isolated_process import IsolatedProcess

GOOD = (Path(__file__).parent / "programs" / "karpathy.py").read_text(encoding="utf-8")
LAST = "    return loss, dWxh, dWhh, dWhy, dbh, dby, hs[len(inputs) - 1]\n"
FIRST = "    xs, hs, ys, ps = {}, {}, {}, {}\n"


def changed(tmp_path, old, new):
    assert GOOD.count(old) == 1
    path = tmp_path / "my_rnn.py"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    return path


def asked(path, **settings):
    submission = Submission.of(path, **settings)
    instance = submission.draw(T=3, hidden=4, symbols=6, seed=5)
    return submission, instance, submission.answer(instance)


def test_what_it_prints_is_kept_and_does_no_harm(tmp_path):
    _, _, answer = asked(changed(tmp_path, FIRST, FIRST + "    print('loss so far')\n"))
    assert answer.printed.startswith("loss so far")


def test_an_endless_loop_is_stopped_and_the_function_is_named(tmp_path):
    path = changed(tmp_path, FIRST, FIRST + "    while True: pass\n")
    with pytest.raises(SubmissionError, match=r"my_loss was stopped after 1 s: does a loop end\?"):
        Submission.of(path)


def test_a_limit_that_is_set_later_holds_for_code_that_has_been_recognised(tmp_path, monkeypatch):
    path = changed(tmp_path, FIRST, FIRST + "    while len(inputs) > 30: pass\n")
    submission = Submission.of(path)
    monkeypatch.setattr(limits, "SECONDS_FOR_A_CALL", 0.05)
    with pytest.raises(SubmissionError, match=r"my_loss was stopped after 0\.05 s"):
        submission.answer(submission.draw(T=31, hidden=3, symbols=4))


def test_code_that_sleeps_is_stopped_by_the_clock(tmp_path, monkeypatch):
    for module in (attempts, recognition):
        monkeypatch.setattr(module, "SECONDS_FOR_AN_ATTEMPT", 0.05)
    path = changed(tmp_path, FIRST, FIRST + "    import time; time.sleep(100)\n")
    with pytest.raises(SubmissionError, match=r"my_loss was stopped after 0\.3 s: does a loop end\?"):
        Submission.of(path)


def test_an_error_names_the_function_and_the_line_of_the_students(tmp_path, monkeypatch):
    monkeypatch.setattr(recognition, "SECONDS", 0.5)
    path = changed(tmp_path, "        dWhy += dy @ hs[t].T\n", "        dWhy += dy @ hs[t]\n")
    with pytest.raises(SubmissionError) as caught:
        Submission.of(path)
    assert "my_loss raised ValueError" in str(caught.value)
    assert "my_rnn.py, line" in str(caught.value)
    assert "dWhy += dy @ hs[t]" in str(caught.value)


def test_a_file_that_is_no_python_is_refused_with_its_line(tmp_path):
    path = tmp_path / "my_rnn.py"
    path.write_text("def forward(x:\n    pass\n", encoding="utf-8")
    with pytest.raises(SubmissionError, match=r"my_rnn\.py, line \d is not Python"):
        Submission.of(path)


def test_a_file_without_a_backward_pass_says_which_functions_there_are(tmp_path):
    path = tmp_path / "my_rnn.py"
    path.write_text("def hello(a):\n    return a\n", encoding="utf-8")
    with pytest.raises(SubmissionError, match=r"among the functions and classes \(hello\)"):
        Submission.of(path)


def test_gradients_that_are_not_returned_are_asked_for(tmp_path):
    path = changed(tmp_path, LAST, "    return loss\n")
    with pytest.raises(SubmissionError, match="no gradient of its parameters"):
        Submission.of(path)


def test_a_function_that_returns_nothing_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(recognition, "SECONDS", 0.5)
    path = changed(tmp_path, LAST, "")
    with pytest.raises(SubmissionError, match="my_loss returns None: neither a loss"):
        Submission.of(path)


def test_one_gradient_that_is_missing_is_a_remark_and_the_others_are_read(tmp_path):
    path = changed(tmp_path, LAST, LAST.replace(" dbh,", ""))
    _, instance, answer = asked(path)
    assert "no gradient of `bh` was found" in answer.remarks
    assert answer.gradients["W"] == pytest.approx(instance.gradients["W"])


def test_a_transposed_gradient_is_said_to_be_one(tmp_path):
    _, _, answer = asked(changed(tmp_path, LAST, LAST.replace("dWxh,", "dWxh.T,")))
    assert any("hand over its transpose" in remark for remark in answer.remarks)


def test_nan_is_handed_on(tmp_path):
    _, _, answer = asked(changed(tmp_path, LAST, LAST.replace("dbh,", "dbh * np.nan,")))
    assert np.isnan(answer.gradients["b"]).all()


def test_writing_into_an_argument_is_noticed(tmp_path):
    _, _, answer = asked(changed(tmp_path, FIRST, FIRST + "    given = hprev\n").with_name("my_rnn.py"))
    assert not answer.remarks
    _, _, answer = asked(changed(tmp_path, LAST, "    hprev[...] = 0\n" + LAST))
    assert "the code writes into its argument `hprev`." in answer.remarks


def test_writing_into_a_parameter_is_noticed(tmp_path):
    _, _, answer = asked(changed(tmp_path, LAST, "    Why[...] *= 0.5\n" + LAST))
    assert "the code writes into its parameter `Why`." in answer.remarks


def test_what_is_kept_between_calls_is_noticed(tmp_path):
    kept = "kept = {'n': 0}\ndef my_loss(inputs, targets, hprev):\n    kept['n'] += 1\n"
    path = changed(tmp_path, "def my_loss(inputs, targets, hprev):\n", kept)
    path.write_text(path.read_text(encoding="utf-8").replace("dbh, dby, hs", "dbh * kept['n'], dby, hs"))
    _, _, answer = asked(path)
    assert any("called a second time" in remark for remark in answer.remarks)


def test_a_wrong_forward_pass_is_said_to_be_wrong_and_the_gradients_are_read_all_the_same(tmp_path):
    path = changed(tmp_path, "np.tanh(", "np.sinh(")
    submission, instance, answer = asked(path)
    assert not submission.convention.forward_right
    assert set(answer.gradients) == set(instance.gradients)
    assert "does not give the numbers" in submission.convention.facts["forward"]


def test_a_function_can_be_chosen_and_an_unknown_one_is_refused(tmp_path):
    path = tmp_path / "my_rnn.py"
    path.write_text(GOOD.replace("my_loss", "zzz"), encoding="utf-8")
    assert asked(path, backward="zzz")[0].convention.facts["functions"] == "Called: zzz."
    with pytest.raises(SubmissionError, match="no function is called 'yyy'"):
        Submission.of(path, forward="yyy")


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("import os; os._exit(3)", "ended .status 3"),
        ("import sys; sys.exit(3)", r"called exit\(3\)"),
        ("input('name?')", "EOFError"),
        ("big = np.ones(10**10)", "more memory than it may have"),
    ],
)
def test_in_a_process_of_its_own_it_can_do_no_harm(tmp_path, does, said):
    path = changed(tmp_path, FIRST, FIRST + f"    {does}\n")
    with pytest.raises(SubmissionError, match=said):
        IsolatedSubmission(path)


def test_a_failure_of_teachrnn_itself_is_said_to_be_one(tmp_path):
    with (
        IsolatedProcess(tmp_path / "my_rnn.py") as process,
        pytest.raises(SubmissionError, match=r"teachrnn itself failed on this code \(KeyError"),
    ):
        process.ask({"do": "recognise"}, {}, 60)


def test_in_a_process_of_its_own_it_answers_as_here(tmp_path):
    path = changed(tmp_path, FIRST, FIRST + "    print('hello')\n    import os; os.write(1, b'x' * 9)\n")
    here = Submission.of(path)
    with IsolatedSubmission(path) as there:
        assert there.convention == here.convention
        assert (there.cell, there.dtype, there.needs) == (here.cell, here.dtype, here.needs)
        instance = there.draw(T=3, hidden=4, symbols=6, seed=5)
        answer, own = there.answer(instance), here.answer(instance)
    assert answer.printed == own.printed != ""
    assert answer.loss == own.loss
    assert {n: g.tolist() for n, g in answer.gradients.items()} == {
        n: g.tolist() for n, g in own.gradients.items()
    }


def test_of_a_wrong_forward_pass_it_is_said_where_it_first_shows(tmp_path):
    path = changed(tmp_path, "Whh @ hs[t - 1] + bh", "Whh @ hs[t - 1] + bh * (t < 2)")
    kept = "    my_loss.h = np.array([hs[t] for t in range(-1, len(inputs))])\n"
    path.write_text(path.read_text(encoding="utf-8").replace(LAST, kept + LAST.rstrip() + ", hs\n"))
    said = Submission.of(path).convention.facts["forward"]
    assert "`hs` should be h: h[2] is right, h[3] is not" in said


def test_what_has_to_be_zero_for_the_forward_pass_to_be_right_is_said(tmp_path):
    path = changed(tmp_path, "np.copy(hprev)", "0 * hprev")
    assert "It is right where h[0] is zero" in Submission.of(path).convention.facts["forward"]


def test_an_initial_state_that_is_taken_and_not_used_is_no_convention(tmp_path):
    layer = (Path(__file__).parent / "programs" / "layer231.py").read_text(encoding="utf-8")
    path = tmp_path / "my_rnn.py"
    for old, new in (
        ("def rnn_forward(x, h0, Wx, Wh, b):", "def rnn_forward(x, Wx, Wh, b, h0=None):"),
        ("    H = h0.shape[1]\n", "    H = len(Wh)\n"),
        ("    prev = h0\n", "    prev = np.zeros((N, H))\n"),
    ):
        assert layer.count(old) == 1
        layer = layer.replace(old, new)
    path.write_text(layer, encoding="utf-8")
    said = Submission.of(path).convention.facts["forward"]
    assert "It is right where h[0] is zero" in said


WRONG = {
    "layer231": ("np.tanh(", "np.sin("),
    "lstm231": ("np.tanh(", "np.sin("),
    "onlysteps": ("np.tanh(", "np.sin("),
    "onematrix": ("np.exp(", "np.exp(1.1 * "),
    "gru_notes": ("np.tanh(", "np.sin("),
    "lstm_batched": ("np.exp(", "np.exp(1.1 * "),
}


def with_wrong_forward_pass(name, tmp_path):
    old, new = WRONG[name]
    folders = (Path(__file__).parent / "programs", Path(__file__).parents[1] / "checking" / "students")
    (right,) = (folder / f"{name}.py" for folder in folders if (folder / f"{name}.py").exists())
    path = tmp_path / right.name
    path.write_text(right.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    return right, path


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_forward_pass_is_read_as_the_right_one_is_and_soon(name, tmp_path):
    right, wrong = with_wrong_forward_pass(name, tmp_path)
    expected = Submission.of(right).convention.facts
    began = process_time()
    convention = Submission.of(wrong).convention
    assert process_time() - began < 4  # the rest of a check takes less than one second
    assert not convention.forward_right
    for fact in ("functions", "cell", "parameters", "inputs", "upstream"):
        said, ours = (facts.get(fact, "") for facts in (convention.facts, expected))
        assert said == ours, fact


def test_the_order_of_gates_is_said_to_come_from_names_where_numbers_do_not_confirm_it(tmp_path):
    _, wrong = with_wrong_forward_pass("onematrix", tmp_path)
    said = Submission.of(wrong).convention.facts["gates"]
    assert "taken from the names in the code: f, i, g, q." in said
    assert said.endswith("The numbers do not confirm it.")


@pytest.mark.parametrize(
    ("z", "rest", "does"), [("s", "q", "keeps"), ("q", "s", "replaces")], ids=["keeps", "replaces"]
)
def test_the_sense_of_z_is_taken_from_the_expression_where_the_numbers_do_not_say_it(
    z, rest, does, tmp_path
):
    _, path = with_wrong_forward_pass("gru_notes", tmp_path)
    own = "(1 - z) * s + z * q"
    text = path.read_text(encoding="utf-8")
    assert text.count(own) == 1
    path.write_text(text.replace(own, f"z * {z} + (1 - z) * {rest}"), encoding="utf-8")
    convention = Submission.of(path).convention
    assert not convention.forward_right
    assert convention.facts["gates"].startswith(
        f"That `z` {does} the old state is read from `z * {z} + (1 - z) * {rest}`, where `s` is taken "
        "for the old state by its name. "
    )
    assert ("is -U_z" in convention.facts["parameters"]) == (does == "replaces")


def test_the_order_of_gates_without_names_is_said_to_be_a_guess(tmp_path):
    text = (Path(__file__).parent / "programs" / "lstm231.py").read_text(encoding="utf-8")
    path = tmp_path / "my_lstm.py"
    for gate, new in (("i", "g1"), ("f", "g2"), ("o", "g3"), ("g", "g4")):
        text = re.sub(rf"\b(d?a?){gate}\b", rf"\g<1>{new}", text)
    path.write_text(text.replace("np.tanh(", "np.sin(", 1), encoding="utf-8")
    said = Submission.of(path).convention.facts["gates"]
    assert said.startswith("Which gate is which is a guess")
    assert said.endswith("The numbers do not confirm it.")


def test_parameters_whose_names_say_nothing_are_listed_with_names_that_do(tmp_path):
    path = tmp_path / "two_layers.py"
    path.write_text(
        """
def forward(params, inputs, h0):
    for x in inputs:
        h1 = params["Wx1"] @ x + params["Wh1"] @ h0[0] + params["b1"]
        h2 = params["Wx2"] @ h1 + params["Wh2"] @ h0[1] + params["b2"]
    return h1, h2

def backward(params, inputs, h1, h2):
    return {name: 0 * p for name, p in params.items()}
""",
        encoding="utf-8",
    )
    with pytest.raises(
        SubmissionError, match=r"Wx1.* were not recognised .* Call them U, W, b, V and c"
    ):
        Submission.of(path)
