"""A made-up class: what graders meet, from right work to a memory bomb, as programs for `bptt`."""

from __future__ import annotations

import textwrap

from teachrnn.exercises import Exercise

BPTT = Exercise.find("bptt")
RIGHT = BPTT.solution
CARRY, WEIGHT = (
    next(d for d in BPTT.distractors if d.why == why)
    for why in ("nothing is carried", "h of this step in dW")
)
TWO = BPTT.mistaken(CARRY).replace(WEIGHT.replace, WEIGHT.by)


def backward(body, before=""):
    """A program whose backward pass begins with that; it has the right one, too, as `own`."""
    own = RIGHT.replace("def backward", "def own")
    lines = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return f"{before}\n{own}\ndef backward(x, y, h, p, U, W, b, V, c):\n{lines}\n"


FINISH = "\nreturn own(x, y, h, p, U, W, b, V, c)"
CLASS = {
    "right": RIGHT,
    "wrong": BPTT.mistaken(CARRY),
    "two": TWO,
    "loop": backward("while True: pass"),
    "leaves": backward("import os\nos._exit(0)"),
    "crash": backward("import numpy as np\nreturn np.zeros(3) @ np.zeros(4)"),
    "segfault": backward(
        "import numpy as np\na = np.zeros(1)\nnp.lib.stride_tricks.as_strided("
        "a, (2**33,), (8,))[2**32] = 1.0"
    ),
    "flood": backward("line = 'x' * 10**6\nfor _ in range(100): print(line)" + FINISH),
    "bomb": backward("hold = []\nwhile True: hold.append(bytearray(10**8))"),
    "warns": backward(
        "import numpy as np, sys, warnings\nnp.exp(np.array([1000.0]))\nnp.array([1.0]) / 0.0\n"
        "warnings.warn('careful')\nprint('noise', file=sys.stderr)" + FINISH
    ),
    "text": backward("return 'dU', 'dW', 'db', 'dV', 'dc'"),
    "cheat": "import teachrnn, teachrnn.checking\nfrom teachrnn import Judgement\n"
    "teachrnn.check_gradient = teachrnn.checking.check_gradient = lambda *_, **__: True\n"
    "teachrnn.judge = lambda *_, **__: Judgement('bptt', 'right', 1.0)\n"
    "Judgement.points = lambda self, most: float(most)\nJudgement.right = True\n" + BPTT.mistaken(CARRY),
    "seeds": backward("import os\nopen(f'/proc/{os.getppid()}/cmdline').read()" + FINISH),
    "library": backward(
        """
        model = CharRNN(hidden=len(b), symbols=len(c), rng=np.random.default_rng(0))
        model.set_parameters(U=U, W=W, b=b, V=V, c=c)
        sweep = backpropagate(model.record(np.array(x), np.array(y), state={"h": h[0]}))
        return tuple(sweep.gradient(n) for n in ("U", "W", "b", "V", "c"))
        """,
        "import numpy as np\nfrom teachrnn import CharRNN, backpropagate\n",
    ),
    "nothing": BPTT.starting,
    "prose": "I did not manage this one, sorry!\n",
}
"""Programs by what their authors did."""

POINTS = {
    "right": 10.0,
    "wrong": 4.0,
    "two": 4.0,
    "loop": 0.0,
    "leaves": 0.0,
    "crash": 0.0,
    "segfault": 0.0,
    "flood": 10.0,
    "bomb": 0.0,
    "warns": 10.0,
    "text": 0.0,
    "cheat": 4.0,
    "seeds": 0.0,
    "library": 0.0,
    "nothing": 0.0,
    "prose": 0.0,
}
"""What each earns, of 10."""

OUTCOMES = {
    "right": "right",
    "wrong": "wrong",
    "two": "wrong",
    "loop": "stopped",
    "leaves": "stopped",
    "segfault": "stopped",
    "flood": "right",
    "bomb": "stopped",
    "warns": "right",
    "cheat": "wrong",
    "seeds": "not own work",
    "library": "not own work",
    "nothing": "not yet",
    "prose": "not readable",
}
"""What is found; of a crash and a wrong type, either that it could not be read or that it is wrong."""
