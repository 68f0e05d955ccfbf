"""What is right is right by itself: nothing in the process of a student's code differentiates for it."""

import textwrap
from pathlib import Path

import pytest

from teachrnn.exercises.exercise import Exercise
from teachrnn.exercises.judge import judge_attempt
from teachrnn.submission.own_work import what_it_uses

BPTT = Exercise.find("bptt")


def judged(source):
    return judge_attempt("bptt", textwrap.dedent(source))


def backward(body, before=""):
    """A program whose backward pass is that body; what is right is called `own`."""
    own = BPTT.solution.replace("def backward", "def own")
    lines = textwrap.indent(textwrap.dedent(body), "    ")
    return f"{textwrap.dedent(before)}\n{own}\ndef backward(x, y, h, p, U, W, b, V, c):\n{lines}\n"


def usual(ways, *of_them):
    """Each takes a second: one stands for the others where the time is short."""
    return [pytest.param(way, marks=() if way in of_them else pytest.mark.ci) for way in ways]


LIBRARY = """
    from teachrnn import Backprop, CharRNN, backpropagate
    import numpy as np

    def model_of(U, W, b, V, c):
        model = CharRNN(hidden=len(b), symbols=len(c), rng=np.random.default_rng(0))
        model.set_parameters(U=U, W=W, b=b, V=V, c=c)
        return model
"""
STEPS = "trace = model_of(U, W, b, V, c).record(np.array(x), np.array(y), state={'h': h[0]})\n"
NAMES = "'U', 'W', 'b', 'V', 'c'"

TAKEN = {
    "backpropagate": STEPS + f"g = backpropagate(trace)\nreturn tuple(g.gradient(n) for n in ({NAMES}))",
    "a kept method": STEPS
    + f"g = kept(Backprop(trace))\nreturn tuple(g.gradient(n) for n in ({NAMES}))",
    "the fused path": "path = model_of(U, W, b, V, c).path(length=len(x))\n"
    "path.start({'h': h[0]})\npath.gradient(np.array(x), np.array(y))\n"
    f"return tuple(path.gradients[n] for n in ({NAMES}))",
    "an instance of its own": "from teachrnn.diagnosis.instance import Instance\n"
    "i = Instance(model_of(U, W, b, V, c), np.array(x), np.array(y), {'h': h[0]})\n"
    f"return tuple(i.gradients[n] for n in ({NAMES}))",
    "an oracle": STEPS
    + "from teachrnn.reference.complex_step import ComplexStep\n"
    + "all_of = {n: np.arange(trace[n].data.size) for n in 'UWbVc'}\n"
    + "d = {n: ComplexStep().estimate(trace, n, all_of[n]).values for n in all_of}\n"
    + "return tuple(d[n].reshape(trace[n].data.shape) for n in 'UWbVc')",
    "one operation": "from teachrnn.ops import Tanh\n"
    "Tanh.dx(np.ones(3), np.ones(3), np.ones(3))\nreturn own(x, y, h, p, U, W, b, V, c)",
}


@pytest.mark.parametrize("how", usual(TAKEN, "backpropagate"))
def test_a_gradient_of_the_librarys_own_is_told_apart_and_earns_nothing(how):
    kept = "kept = Backprop.run\n" if how == "a kept method" else ""
    found = judged(backward(TAKEN[how], textwrap.dedent(LIBRARY) + kept))
    assert (found.outcome, found.credit) == ("not own work", 0.0), found
    assert "teachrnn's" in found.said or "import" in found.said


REACHING = {
    "frames": "import sys\nframe = sys._getframe()\n"
    "while frame is not None:\n"
    "    for value in list(frame.f_locals.values()):\n"
    "        right = getattr(value, 'gradients', None)\n"
    "        if right: return tuple(right[n] for n in 'UWbVc')\n"
    "    frame = frame.f_back\n",
    "memory": "import gc\nfor thing in gc.get_objects():\n"
    "    if type(thing).__name__ == 'Instance': return tuple(thing.gradients[n] for n in 'UWbVc')\n",
    "a traceback": "try: 1 / 0\nexcept Exception as e: frame = e.__traceback__.tb_frame\n",
    "inspect": "import inspect\nframe = inspect.currentframe().f_back\n",
    "the judge's files": "import teachrnn\nfrom pathlib import Path\n"
    "text = Path(teachrnn.__file__).with_name('backprop.py').read_text()\n",
    "a second copy of the judge": "import importlib.util, teachrnn\n"
    "path = teachrnn.__file__.replace('__init__', 'backprop')\n"
    "spec = importlib.util.spec_from_file_location('again', path)\n"
    "module = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(module)\n",
    "the solution": "from teachrnn import Exercise\nhave = {}\n"
    "exec(Exercise.find('bptt').solution, have)\nreturn have['backward'](x, y, h, p, U, W, b, V, c)",
    "another submission": f"code = open({str(Path(__file__).absolute())!r}).read()\n",
    "the seeds": "import os\nwith open(f'/proc/{os.getppid()}/cmdline') as f: seed = f.read()\n",
}


@pytest.mark.parametrize("how", usual(REACHING, "frames"))
def test_code_that_reaches_for_the_judge_is_kept_from_it(how):
    found = judged(backward(REACHING[how] + "\nraise RuntimeError('nothing found')"))
    assert (found.outcome, found.credit) == ("not own work", 0.0), found
    assert "not possible while it is judged" in found.said


LEAVING = {
    "fork": "import os\nif os.fork() == 0: os._exit(0)",
    "another program": "import subprocess\nsubprocess.run(['true'])",
    "a thread": "import threading\nthreading.Thread(target=print).start()",
    "an end to the judge": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "a file elsewhere": "open('/tmp/teachrnn-was-here', 'w')",
    "the network": "import socket\nsocket.create_connection(('127.0.0.1', 9), timeout=1)",
}


@pytest.mark.parametrize("how", usual(LEAVING, "an end to the judge"))
def test_code_cannot_leave_its_process(how):
    found = judged(backward(LEAVING[how]))
    assert (found.outcome, found.credit) == ("stopped", 0.0), found
    assert "not possible while it is judged" in found.said


def test_what_is_written_to_the_channel_of_the_answers_is_no_answer():
    found = judged(
        backward(
            "import os, json, struct\ntext = json.dumps({'loss': 0.0}).encode()\n"
            "for number in range(3, 12):\n"
            "    try: os.write(number, struct.pack('>QQ', len(text), 0) + text)\n"
            "    except OSError: pass\nraise RuntimeError"
        )
    )
    assert found.outcome == "stopped"
    assert "the channel of the answers" in found.said
    found = judged(
        backward(
            "import os\nfor number in range(3, 12):\n"
            "    try: os.write(number, b'x' * 100_000)\n    except OSError: pass\nraise RuntimeError"
        )
    )
    assert found.outcome == "stopped"
    assert "the channel of the answers" in found.said


PATCHES = """
    import numpy as np
    import teachrnn, teachrnn.checking, teachrnn.credit
    import teachrnn.exercises.judge, teachrnn.exercises.judgement

    np.allclose = np.array_equal = lambda *_, **__: True
    teachrnn.check_backward = teachrnn.checking.check_gradient = lambda *_, **__: True
    teachrnn.exercises.judge.judge_attempt = lambda *_, **__: True
    teachrnn.credit.Credited.points = lambda self, most: most
    teachrnn.exercises.judgement.Judgement.right = True
"""


def test_a_replaced_checker_replaces_nothing():
    wrong = BPTT.mistaken(BPTT.distractors[0])
    found = judged(textwrap.dedent(PATCHES) + wrong)
    assert found.outcome == "wrong"
    assert BPTT.distractors[0].name in found.mistakes


def test_a_numpy_function_that_writes_the_right_numbers_over_the_wrong_ones_finds_none():
    patched = """
        import numpy as np

        before = np.array_equal

        def array_equal(a, b, **how):
            import sys
            frame = sys._getframe(1)
            right = frame.f_locals["case"].instance.gradients
            return before(a, b, **how)

        np.array_equal = array_equal
    """
    found = judged(textwrap.dedent(patched) + BPTT.mistaken(BPTT.distractors[0]))
    assert found.credit < 1
    assert found.outcome != "right"


def test_the_solution_cannot_be_fetched_before_the_code_is_judged():
    before = "from teachrnn import Exercise\nsolution = Exercise.find('bptt').solution\n"
    found = judged(backward("exec(solution, globals())\nraise RuntimeError", before))
    assert (found.outcome, found.credit) == ("not own work", 0.0)


HELPS = """
    import copy, dataclasses, functools, inspect, logging, tempfile, warnings
    from collections import namedtuple
    import numpy as np
    import teachrnn
    from teachrnn import CharRNN, Backprop, backpropagate, check_backward, check_gradient

    Cache = namedtuple("Cache", "x y")

    @dataclasses.dataclass
    class Kept:
        dh: object

    check_gradient(CharRNN(hidden=3, symbols=4).record([0, 1], [1, 2]), {}) if False else None
"""


def test_right_work_is_right_whatever_it_imports():
    body = (
        "cache = Cache(x, y)\nkept = Kept(None)\nwarnings.warn('careful')\n"
        "with np.errstate(all='ignore'): np.exp(np.array([1000.0]))\n"
        "Pair = namedtuple('Pair', 'a b')\n"
        "with tempfile.TemporaryFile() as f: f.write(b'notes')\n"
        "with open('notes.txt', 'w') as f: f.write('notes')\n"
        "return own(copy.deepcopy(x), y, h, p, U, W, b, V, c)"
    )
    found = judged(backward(body, HELPS))
    assert (found.outcome, found.credit) == ("right", 1.0), found
    assert any("imports teachrnn's Backprop" in remark for remark in found.remarks)


def test_what_is_right_by_itself_counts_though_something_else_was_tried():
    body = "try: backpropagate(None)\nexcept Exception: pass\nreturn own(x, y, h, p, U, W, b, V, c)"
    found = judged(backward(body, LIBRARY))
    assert found.right
    assert any("kept from it" in remark for remark in found.remarks)


def test_torch_may_hold_the_numbers_but_not_differentiate():
    pytest.importorskip("torch")
    before = "import torch\n"
    own = "return tuple(torch.tensor(d).numpy() for d in own(x, y, h, p, U, W, b, V, c))"
    assert judged(backward(own, before)).right
    taken = (
        "W = torch.tensor(W, requires_grad=True)\n(W ** 2).sum().backward()\n"
        "return own(x, y, h, p, U, W.detach().numpy(), b, V, c)"
    )
    found = judged(backward(taken, before))
    assert found.outcome == "not own work"
    assert "torch" in found.said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import jax.numpy as jnp", "uses JAX"),
        ("from autograd import grad", "uses autograd"),
        ("from teachrnn import Backprop as B", "imports teachrnn's Backprop"),
        ("import ctypes", "reaches into memory"),
        ("import sys\nsys._getframe(2)", "looks at the frames of who called it"),
        ("import os\nos.write(4, b'')", "writes to open files by their number"),
        ("exec('x = 1')", "uses exec"),
    ],
)
def test_what_a_source_uses_is_said_with_its_line(source, said):
    found = what_it_uses(source)
    assert found
    assert said in [finding.said for finding in found]
    assert what_it_uses("# nothing\n" * 3 + source)[0].line == found[0].line + 3


def test_what_is_no_python_uses_nothing():
    assert what_it_uses("def f(:") == what_it_uses("") == []
