"""Asking a hub within bounds, and its cache."""
