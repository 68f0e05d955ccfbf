"""What is wrong with a backward pass: mistakes derived from a recorded sweep, matched by numbers."""
