"""A verdict, told."""
