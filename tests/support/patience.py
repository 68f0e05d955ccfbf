"""How long tests wait for an event, the same everywhere."""

PATIENCE = 300
"""Seconds, of which a quiet machine needs few. On one with twenty processes to a core, everything takes
twenty times as long and is right all the same; only what will never happen should be given up."""
