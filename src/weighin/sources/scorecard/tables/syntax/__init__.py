"""How tables are written: one module a syntax, each from text to grids."""
