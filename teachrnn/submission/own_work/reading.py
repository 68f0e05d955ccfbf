"""What a student's source uses to get a derivative without writing one, read without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

DIFFERENTIATE = {
    "torch": "PyTorch",
    "jax": "JAX",
    "autograd": "autograd",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "sympy": "SymPy",
    "theano": "Theano",
    "aesara": "Aesara",
    "pytensor": "PyTensor",
    "casadi": "CasADi",
    "numdifftools": "numdifftools",
    "tinygrad": "tinygrad",
    "mxnet": "MXNet",
    "chainer": "Chainer",
    "micrograd": "micrograd",
}
"""Libraries that differentiate, by the name of their package."""

OURS = {
    "Backprop",
    "Itemised",
    "backpropagate",
    "complex_step",
    "state_jacobians",
    "Triangle",
    "Op",
}
"""What of teachrnn differentiates. Checks and exercises are for anyone."""

CALLED_OURS = {"loss_and_gradients", "backpropagate", "complex_step", "finite_differences"}

REFLECTION = {
    "gc": "looks for other objects in memory",
    "ctypes": "reaches into memory",
    "cffi": "reaches into memory",
    "mmap": "reaches into memory",
}
ATTRIBUTES = {"f_back", "f_locals", "f_globals", "tb_frame", "gi_frame", "cr_frame", "cell_contents"}
FRAMES = {"_getframe", "currentframe", "_current_frames", "get_objects", "get_referrers"}
RUNS_TEXT = {"exec", "eval", "compile", "__import__"}
WRITES = {"os.write", "os.fdopen", "os.dup", "os.dup2", "os.pipe"}


@dataclass(frozen=True)
class SourceUse:
    """Something that a source uses.

    Attributes
    ----------
    line : int
        Where.
    said : str
        What it does, as the end of a sentence that begins with the line.
    """

    line: int
    said: str

    def __str__(self) -> str:
        return f"line {self.line} {self.said}"


def what_it_uses(source: str) -> list[SourceUse]:
    r"""What a source uses that can take a derivative out of a student's hands, or look at the judge.

    Parameters
    ----------
    source : str
        Python; what cannot be parsed uses nothing.

    Returns
    -------
    list of SourceUse
        In the order of the lines. None of them is a proof: code may use a library for something else.

    Examples
    --------
    >>> for found in what_it_uses("import torch\nloss.backward()\nimport numpy as np"):
    ...     print(found)
    line 1 uses PyTorch
    >>> what_it_uses("from teachrnn import check_backward, judge")
    []
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = {
        SourceUse(getattr(node, "lineno", 1), said) for node in ast.walk(tree) for said in _of(node)
    }
    return sorted(found, key=lambda finding: (finding.line, finding.said))


def _of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for name in node.names:
            yield from _imported(name.name)
    elif isinstance(node, ast.ImportFrom):
        yield from _imported(node.module or "")
        if (node.module or "").partition(".")[0] == "teachrnn":
            for name in node.names:
                if name.name in OURS:
                    yield f"imports teachrnn's {name.name}"
    elif isinstance(node, ast.Attribute):
        if node.attr in ATTRIBUTES or node.attr in FRAMES:
            yield "looks at the frames of who called it"
        elif ast.unparse(node) in WRITES:
            yield "writes to open files by their number"
        elif node.attr in CALLED_OURS:
            yield f"calls teachrnn's {node.attr}"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RUNS_TEXT:
        yield f"uses {node.func.id}"


def _imported(module: str) -> Iterator[str]:
    root = module.partition(".")[0]
    if root in DIFFERENTIATE:
        yield f"uses {DIFFERENTIATE[root]}"
    elif root in REFLECTION:
        yield REFLECTION[root]
    elif module == "importlib" or module.startswith("importlib."):
        yield "imports modules by a name that it makes up"
    elif module.startswith(("teachrnn.backprop", "teachrnn.reference", "teachrnn.ops")):
        yield f"imports {module}"
