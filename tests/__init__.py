"""Tests of weighin; the folders mirror the package."""
