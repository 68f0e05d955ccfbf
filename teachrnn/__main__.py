"""``python -m teachrnn``."""

from teachrnn.cli import main

main()
