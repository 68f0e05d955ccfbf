"""HTML: a story as a page of its own or as a part of another, and a value as a notebook's output."""
