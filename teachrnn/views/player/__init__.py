"""The player: the program that tells a story in a browser, and the bytes that the story travels as."""
