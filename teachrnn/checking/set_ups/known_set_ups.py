"""Ways to check a gradient that are in use, and ours."""

from __future__ import annotations

from teachrnn.checking.set_ups.criterion import Allclose, InRounding, RelativeError
from teachrnn.checking.set_ups.set_up import CheckSetUp, Circumstances
from teachrnn.diagnosis.probes import SIZES
from teachrnn.registry import Registry

SET_UPS: Registry[CheckSetUp] = Registry("set-up for checking")
"""The known ones, by name."""

_KNOWN = (
    CheckSetUp(
        at=(Circumstances(T=10, m=5, K=3, B=2, scale=1.0, start=1.0),),
        against="central",
        step=1e-5,
        rule=RelativeError("sum", below=5e-7, floor=1e-8),
        name="cs231n",
        source=(
            "Stanford CS231n, assignment 3, the cells that check rnn_backward: N, D, T, H = 2, 3, 10, 5,"
            " all numbers standard normal, rel_error, errors expected below 5e-7. It checks the layer"
            " alone, with a random gradient from above; here a readout and its loss stand there."
        ),
    ),
    CheckSetUp(
        at=(Circumstances(T=10, m=5, K=8, B=2, scale=3**-0.5, start=0.0),),
        against="central",
        step=1e-6,
        rule=Allclose(rtol=1e-2, atol=1e-2),
        entries=1,
        name="minitorch",
        source=(
            "minitorch, grad_check: central difference with step 1e-6 of one entry of each tensor, drawn"
            " at random; rtol = atol = 1e-2. Its examples draw weights from (-1, 1). It prescribes no"
            " sizes and no state: T, m, K, B and h0 = 0 are ours."
        ),
    ),
    CheckSetUp(
        at=(Circumstances(T=10, m=5, K=8, B=2, scale=15**-0.5, start=0.0),),
        against="central",
        step=1e-6,
        rule=Allclose(rtol=1e-3, atol=1e-5),
        name="torch.gradcheck",
        source=(
            "torch.autograd.gradcheck with its defaults: eps 1e-6, atol 1e-5, rtol 1e-3, every entry, in"
            " float64. The weights are those that torch.nn.RNN begins with, uniform within 1 / sqrt(m),"
            " and its h0 = 0. It prescribes no sizes: T, m, K and B are ours."
        ),
    ),
    CheckSetUp(
        at=(Circumstances(T=25, m=5, K=80, scale=0.01, start=0.0, biases=False),),
        against="central",
        step=1e-4,
        rule=RelativeError("sum", below=1e-5),
        name="dd2424",
        source=(
            "KTH DD2424, the assignment on a character RNN: 25 characters of a novel with 80 symbols,"
            " sigma = .01, b = c = 0, h0 = 0, m reduced to 5, the given central difference with step"
            " 1e-4. The largest relative error reported there is 8.5e-6, so the threshold is 1e-5 here."
        ),
    ),
    CheckSetUp(
        at=tuple(
            Circumstances(
                T=size["T"],
                m=size["hidden"],
                K=size["symbols"],
                B=size.get("batch"),
                scale=size.get("scale", 0.7),
                start=0.8,
            )
            for size in SIZES
        ),
        against="exact",
        step=None,
        rule=InRounding(),
        name="ours",
        source="What `check_backward` and `teachrnn check` do with your code.",
    ),
)
for _one in _KNOWN:
    SET_UPS[_one.name] = _one
