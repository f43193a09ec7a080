"""Pasted tables: columns, cells, units, names."""
