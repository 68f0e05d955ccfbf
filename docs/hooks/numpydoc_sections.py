"""Griffe extension: numpydoc sections that mkdocstrings does not know become small headings.

Without it ``References`` and its underline would turn into a heading of the page.
"""

from __future__ import annotations

import re

import griffe

OWN = re.compile(r"^(Shapes|Gradients|References|Notes)\n-+$\n", re.MULTILINE)


class NumpydocSections(griffe.Extension):
    def on_instance(self, *, obj, **kwargs):
        if obj.docstring:
            obj.docstring.value = OWN.sub(r"**\1**\n\n", obj.docstring.value)
