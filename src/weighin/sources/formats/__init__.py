"""Logs and claims of others: one folder a format, and none imports another."""
