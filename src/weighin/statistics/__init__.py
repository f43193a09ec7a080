"""Pure functions of arrays and numbers."""
