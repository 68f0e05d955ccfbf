"""Peers of the training-speed benchmark, one per file: add a file, and it is compared."""
