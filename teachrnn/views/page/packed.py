"""Bytes in the text of a page: compressed, and written in letters."""

from __future__ import annotations

import base64
import gzip
from functools import lru_cache

from teachrnn.views.player.module import PARTS, player_module

UNPACK = (PARTS / "hosts" / "unpack.js").read_text("utf-8")
"""Defines `unpack`, which makes the packed player a script of the page."""


def packed(data: bytes) -> str:
    """Bytes as the player unpacks them: gzip, in base64.

    Parameters
    ----------
    data : bytes
        The bytes.

    Returns
    -------
    str
        The text, the same for the same bytes.

    Examples
    --------
    >>> gzip.decompress(base64.b64decode(packed(b"hello")))
    b'hello'
    """
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()


@lru_cache
def packed_player(host: str) -> str:
    """The player's module, packed.

    Parameters
    ----------
    host : str
        The host that starts it, as `player_module` takes it.

    Returns
    -------
    str
        A third of the module's length.

    Raises
    ------
    ImportError
        If the parts of the player import each other.

    Examples
    --------
    >>> 2 * len(packed_player("page")) < len(player_module("page"))
    True
    """
    return packed(player_module(host).encode("utf-8"))
