"""The record shown, in one room for each way of showing it. Views compute no mathematics."""
