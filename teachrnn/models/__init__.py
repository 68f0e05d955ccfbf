"""A cell unrolled over a text: recorded to be looked at, fused to be trained."""

from teachrnn.models.char_rnn import CharRNN, ModelSettings
from teachrnn.models.checked_path import CheckedPath
from teachrnn.models.fused_path import FusedPath
from teachrnn.models.make_path import MakePath
from teachrnn.models.parameter_vector import ParameterVector
from teachrnn.models.path import Path
from teachrnn.models.reader import ModelReader
from teachrnn.models.recorded_path import RecordedPath
from teachrnn.models.snapshot import Snapshot

__all__ = [
    "CharRNN",
    "CheckedPath",
    "FusedPath",
    "MakePath",
    "ModelReader",
    "ModelSettings",
    "ParameterVector",
    "Path",
    "RecordedPath",
    "Snapshot",
]
