"""Peers of the training-speed benchmark, one a file: add a file, and it is compared."""
