"""How every view writes numbers, symbols, losses and text, and in which colours and fonts."""
