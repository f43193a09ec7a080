"""Command lines of Inspect 0.3.285."""
