"""What students call operations, and which of two functions goes back."""

from __future__ import annotations

import re
from functools import cache

from teachrnn.op import OPS, Op

SYNONYMS = {
    "Affine": "affine fc dense fullyconnected linear lin",
    "Linear": "linear lin matmul mm dot matvec mv fc dense",
    "Embedding": "embedding embed emb lookup embeddinglookup wordembedding wordembed wordvectors",
    "Tanh": "tanh hyperbolictangent",
    "Sigmoid": "sigmoid logistic sig sigma sigm",
    "Relu": "relu rectify rectifier rectifiedlinear",
    "Softmax": "softmax",
    "SoftmaxCrossEntropy": (
        "softmaxcrossentropy softmaxloss softmaxwithloss softmaxce softmaxxent softmaxnll crossentropy "
        "crossentropyloss crossentropywithlogits softmaxcrossentropywithlogits ce xent nll "
        "softmaxcrossentropyloss"
    ),
    "CrossEntropy": "crossentropy crossentropyloss ce xent nll nllloss logloss crossent",
    "Multiply": "multiply mul mult times hadamard product elementwiseproduct elementwise",
    "Add": "add plus addition",
    "Sum": "sum sumall",
    "Concatenate": "concatenate concat cat stack hstack",
    "Dropout": "dropout drop",
    "Interpolate": "interpolate interpolation lerp mix",
    "Slice": "slice cut",
}
"""By the name of the operation; any other is known by its own name."""

_TELLING = "linear affine dense embedding crossentropy"
_BACKWARD = (
    "backward backwards back bwd backprop bprop grad gradient grads derivative deriv prime der jacobian"
)
_FORWARD = "forward forwards fwd fprop fn func function layer op activation act naive stable temporal"


@cache
def words_of(name: str) -> tuple[str, ...]:
    """A name taken apart: ``AffineLayer_backward`` and ``affineBackward`` alike."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return tuple(word.lower() for word in spaced.split("_") if word)


def goes_back(name: str) -> bool:
    """Whether a function of this name computes a gradient.

    Examples
    --------
    >>> [goes_back(n) for n in ("tanh_backward", "dtanh", "sigmoid_prime", "d_relu", "tanh", "dot")]
    [True, True, True, True, False, False]
    """
    words = words_of(name)
    if any(word in _BACKWARD.split() for word in words) or words[:1] == ("d",):
        return True
    joined = "".join(words)
    return not _known(joined) and bool(_known(_without_d(joined)))


def stem(name: str) -> str:
    """The name without what says forward or backward."""
    words = [w for w in words_of(name) if w not in (_BACKWARD + " " + _FORWARD).split()]
    if words[:1] == ["d"]:
        words = words[1:]
    joined = "".join(words)
    if not _known(joined) and _known(_without_d(joined)):
        joined = _without_d(joined)
    return joined


@cache
def operations_called(name: str) -> tuple[type[Op], ...]:
    """The operations that may be meant, likeliest first.

    Examples
    --------
    >>> [kind.__name__ for kind in operations_called("softmax_with_loss_backward")]
    ['SoftmaxCrossEntropy']
    """
    whole = stem(name)
    found = _known(whole)
    if not found:
        # Of a longer name one word may say it: `outer_linear`; but not one such as "sum" or "add".
        words = [w for w in words_of(name) if w in _TELLING.split() or w in map(str.lower, OPS)]
        found = [kind for word in words if len(word) > 3 for kind in _known(word)]
    return tuple(dict.fromkeys(found))


def _known(joined: str) -> list[type[Op]]:
    own = [kind for name, kind in OPS.items() if name.lower() == joined]
    return own + [
        OPS[name]
        for name, words in SYNONYMS.items()
        if name in OPS and joined in words.split() and OPS[name] not in own
    ]


def _without_d(name: str) -> str:
    return name[1:] if name[:1] in ("d", "D") else ""
