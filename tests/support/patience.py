"""How long tests wait for an event, the same everywhere."""

PATIENCE = 300
"""Seconds; an idle machine needs few of them. With twenty processes per core everything takes twenty
times as long and is still right, so a test should give up only on what will never happen."""
