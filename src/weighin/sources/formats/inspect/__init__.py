"""Logs of Inspect, as JSON and as .eval archives."""
