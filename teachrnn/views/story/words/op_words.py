"""The wording of an operation: a heading and a sentence for each of its steps, forward and back."""

from __future__ import annotations

import inspect
from typing import ClassVar

from teachrnn.op import Op
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, Scene, listed, norm, number
from teachrnn.views.story.written_name import prose


class OpWords:
    """Base class for the wording of an operation; also the wording of operations that have none.

    A subclass names its operation and explains each of its steps to a learner. What an operation
    means depends on its role in the network; `Scene` knows names, gates, states and the text read so
    far. Defining the subclass is enough: it is found by the operation's class.

    Examples
    --------
    >>> from teachrnn import Op, Trace
    >>> class Double(Op, register=False):
    ...     '''Doubling: twice every number.'''
    ...     signature = "(n)->(n)"
    ...     formula = staticmethod(lambda sp, x: 2 * x)
    ...     forward = staticmethod(lambda x: 2 * x)
    ...     dx = staticmethod(lambda dy, x, y: 2 * dy)
    >>> from teachrnn.views.story import tell
    >>> trace = Trace()
    >>> y = Double(trace.input("x", [1.0]), name="y")
    >>> tell(trace)[0].heading, tell(trace)[0].sentence
    ('y is made from x', 'Doubling: twice every number.')
    >>> class DoubleWords(OpWords, of=Double):
    ...     @staticmethod
    ...     def forward(at):
    ...         x = at.op.operands[0]
    ...         return Said.of(f"{at.y} is twice {at.name(x)}", "Every number is doubled.")
    >>> tell(trace)[0].heading
    'y is twice x'
    """

    called: ClassVar[str] = "the next operation"
    """What the operation is called in a sentence."""
    known: ClassVar[dict[type[Op], type[OpWords]]] = {}
    """The wording of every operation, by its class."""

    def __init_subclass__(cls, *, of: type[Op]) -> None:
        super().__init_subclass__()
        OpWords.known[of] = cls

    @staticmethod
    def forward(at: Scene) -> Said:
        """What the operation does here.

        Parameters
        ----------
        at : Scene
            The application.

        Returns
        -------
        Said
            Heading and sentence.
        """
        op = at.op
        made_from = listed([at.name(v) for v in op.operands]) if op.operands else "nothing"
        said = prose(inspect.getdoc(type(op)) or "").rstrip(".")
        return Said.of(
            f"{at.y} is made from {made_from}",
            f"{said or f'{made_from} goes in, {at.y} comes out'}.",
            f"{at.y} is the new state, which step {op.t + 1} will use."
            if op.t is not None and at.structure.is_state(op) and at.structure.goes_on(op)
            else "",
        )

    @staticmethod
    def backward(at: ReturnScene) -> Said:
        """Where the gradient that arrives at the operation goes.

        Parameters
        ----------
        at : ReturnScene
            The application.

        Returns
        -------
        Said
            Heading and sentence.
        """
        reached = [p.value for p in at.parts]
        if not reached:
            return Said.of(
                f"The gradient ends at {at.y}", f"d{at.y} goes no further: no operand has a gradient."
            )
        names = [at.name(v) for v in dict.fromkeys(reached)]
        sizes = [f"{number(norm(at.part_of(v)))} at {at.name(v)}" for v in dict.fromkeys(reached)]
        return Said.of(
            f"From {at.y} back to {listed(names)}",
            f"The chain rule: {at.d(at.op)}, times the derivative of {at.y} with respect to "
            f"{'it' if len(names) == 1 else 'each'}.",
            f"Its norm was {number(norm(at.dy))}; it is {listed(sizes)}.",
            at.parameters(),
        )


def words_of(op: type[Op]) -> type[OpWords]:
    """The wording of an operation; a general one if it has none of its own.

    Parameters
    ----------
    op : type of Op
        The operation. A class derived from it may compute something else, so it does not share its
        wording.

    Returns
    -------
    type of OpWords
        Its wording.

    Examples
    --------
    >>> from teachrnn import Tanh
    >>> words_of(Tanh).__name__
    'TanhWords'
    """
    return OpWords.known.get(op, OpWords)
