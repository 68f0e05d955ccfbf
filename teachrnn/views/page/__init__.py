"""HTML: a story as a standalone page or as part of another page, and a value as notebook output."""
