"""Sampling strategies, one a file."""

from teachrnn.sampling.temperature import sample_temperature

__all__ = ["sample_temperature"]
