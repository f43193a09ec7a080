"""Tests of the command line, and of the processes behind it."""
