"""From tables whose labels are understood to numbers, each with what is said of it."""
