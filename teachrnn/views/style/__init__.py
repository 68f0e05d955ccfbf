"""How every view writes a number, a symbol, a loss and a text, and in which colours and fonts."""
