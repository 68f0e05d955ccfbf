"""Whose work it is: derivatives of libraries are held back while a student's code is judged."""

from teachrnn.submission.own_work.held_back import TAKES, hold_back
from teachrnn.submission.own_work.reading import SourceUse, what_it_uses
from teachrnn.submission.own_work.watch import REACHES_FOR_THE_JUDGE, watch

__all__ = ["REACHES_FOR_THE_JUDGE", "TAKES", "SourceUse", "hold_back", "watch", "what_it_uses"]
