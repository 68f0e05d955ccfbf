"""What a result is worth: points in proportion, and a failure with its reason."""

from __future__ import annotations

import math

from teachrnn.errors import DomainError


class Credited:
    """Base of results that graders use: `points` for partial credit, `require` for all or nothing.

    A subclass says which of its parts are right, and, in words, what is wrong.

    Examples
    --------
    >>> class Homework(Credited):
    ...     def parts_right(self):
    ...         return {"dU": True, "dW": False}
    ...     def reason(self):
    ...         return "dW is wrong."
    >>> Homework().points(10)
    5.0
    >>> Homework().require()
    Traceback (most recent call last):
    ...
    AssertionError: dW is wrong.
    """

    def parts_right(self) -> dict[str, bool]:
        """Whether each part is right, by its name.

        Returns
        -------
        dict of str to bool
            Without any part, nothing is right.
        """
        raise NotImplementedError

    def reason(self) -> str:
        """What is wrong, in a few lines; empty if nothing is.

        Returns
        -------
        str
            Text.
        """
        raise NotImplementedError

    def share_right(self) -> float:
        """The share of the parts that are right.

        Returns
        -------
        float
            From 0 to 1.
        """
        parts = self.parts_right()
        return sum(parts.values()) / len(parts) if parts else 0.0

    def points(self, maximum: float) -> float:
        """The points that it earns.

        Parameters
        ----------
        maximum : float
            Those of a result that is all right.

        Returns
        -------
        float
            A plain float, as nbgrader needs it for the last expression of a cell: it takes anything
            else, a NumPy number too, for full marks.

        Raises
        ------
        DomainError
            If the maximum is no finite number that is at least 0.
        """
        most = float(maximum)
        if not math.isfinite(most) or most < 0:
            raise DomainError(
                f"the most points are {maximum!r} but must be a number that is at least 0."
            )
        return float(most * self.share_right())

    def require(self) -> None:
        """Raise unless everything is right, as otter-grader and pytest expect it.

        Raises
        ------
        AssertionError
            With the reason.
        """
        said = self.reason()
        if said:
            raise AssertionError(said)
