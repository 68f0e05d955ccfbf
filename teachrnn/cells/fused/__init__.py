"""Fused layers, one a file: a cell over a whole sequence, for training."""
