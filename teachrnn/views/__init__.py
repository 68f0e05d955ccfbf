"""Views of a trace: story, page, terminal, figures. They compute no mathematics."""
