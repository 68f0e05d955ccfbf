"""Fused layers, one per file: a cell over a whole sequence, for training."""
