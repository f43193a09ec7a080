"""The checkpoint as it lies on disk."""
