"""Files: written atomically, and read back as the types that were written, or refused with a reason."""

from teachrnn.files.archive import Archive, Parts
from teachrnn.files.atomic import make_folder, write_atomically
from teachrnn.files.json_file import load_json, save_json
from teachrnn.files.schema import pack, unpack

__all__ = [
    "Archive",
    "Parts",
    "load_json",
    "make_folder",
    "pack",
    "save_json",
    "unpack",
    "write_atomically",
]
