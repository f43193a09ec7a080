"""Tests of `weighin.evidence` and of reading its files back."""
