"""The palette of every view, as a style sheet of the site."""

from __future__ import annotations

from mkdocs.structure.files import File

from teachrnn.views.style.palette import palette_style


def on_files(files, config):
    files.append(File.generated(config, "assets/palette.css", content=palette_style(":root")))
    return files
