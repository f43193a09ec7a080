"""Tests of `weighin.executors`."""
