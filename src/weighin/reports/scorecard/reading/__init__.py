"""How the tables of a file were understood, cell by cell, told."""
