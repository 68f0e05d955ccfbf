"""The record shown, one package for each way of showing it. Views compute no mathematics."""
