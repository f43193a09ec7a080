"""What a cell holds: a number, its marks, or that there is none."""
