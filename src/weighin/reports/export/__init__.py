"""Recorded scores in formats of others."""
