"""Levels of labels along the rows and columns of a table, and which of them name what."""
