"""The checks of published numbers."""
