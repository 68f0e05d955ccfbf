"""What the arguments of a training step are given."""

from __future__ import annotations

from teachrnn.errors import SubmissionError
from teachrnn.submission import lexicon
from teachrnn.submission.filling import SIZES
from teachrnn.submission.functions import Function
from teachrnn.submission.submission import Submission
from teachrnn.submission.training_steps.hyper_names import hyper_called

KEPT = "what is kept"
_DATA = ("x", "y", "h", "s", "hs")


def arguments_of(network: Submission, function: Function) -> dict[str, str]:
    """What each argument gets: what the network's functions get, `KEPT`, or a hyper-parameter.

    Parameters
    ----------
    network : Submission
        The network that is trained.
    function : Function
        The step.

    Returns
    -------
    dict
        By the names of the arguments.

    Raises
    ------
    SubmissionError
        Naming the argument that is nothing that is known.
    """
    known = network.fills
    container = any(fill.kind == "container" for fill in known.values())
    given = [known[n].kind for n in function.arguments if n in known]
    found: dict[str, str] = {}
    for name, must in function.arguments.items():
        roles, hyper = lexicon.roles(name), hyper_called(name)
        data = [role for role in roles if role in _DATA and role not in found.values()]
        sizes = [role for role in roles if role in SIZES]
        if name in known:
            found[name] = known[name].kind
        elif hyper and not (name == "t" and must):
            found[name] = hyper
        elif container and "parameters" in roles and "container" not in [*given, *found.values()]:
            found[name] = "container"
        elif data:
            found[name] = data[0]
        elif must and sizes and len(name) > 1:
            found[name] = sizes[0]
        elif must and container:
            found[name] = KEPT
        elif must:
            raise SubmissionError(f"{function.name}: `{name}` is nothing that is known.")
    return found
