"""The player: the program that shows a story in a browser, and the bytes in which the story is sent."""
