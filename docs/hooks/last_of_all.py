"""A page that is finished gets its figures and steppers."""

from __future__ import annotations

from held_back import put_back


def on_post_page(output, page, config):
    return put_back(output)
