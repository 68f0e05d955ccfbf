"""What figures share: the house style, panels, colour maps, tables, and a figure as HTML."""
