"""Metrics of the BigCode evaluation harness."""
