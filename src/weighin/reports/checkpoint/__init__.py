"""Fingerprints, comparisons and verifications of checkpoints, told."""
