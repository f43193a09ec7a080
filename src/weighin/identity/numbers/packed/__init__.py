"""Quantised schemes, unpacked."""
