"""HTML: a story as a standalone page or as a part of another, and a value as a notebook's output."""
