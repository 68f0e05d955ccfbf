"""Whether a learner's code did not come to its end."""

from __future__ import annotations

WORDS = (
    "was stopped after",
    "without an answer",
    "called exit(",
    "more memory than it may have",
    "has nobody to ask here",
    "calls itself without end",
    "to the channel of the answers",
)
"""What is said of code that takes too long, leaves by itself, uses too much memory or breaks down."""


def was_stopped(said: str) -> bool:
    """Whether the message of an error is about code that was stopped, or ended the program.

    Parameters
    ----------
    said : str
        The message.

    Returns
    -------
    bool
        Whether calling it again would be in vain.

    Examples
    --------
    >>> was_stopped("f was stopped after 10 s: does a loop end?"), was_stopped("f raised NameError")
    (True, False)
    """
    return any(words in said for words in WORDS)
