"""The checkpoints that a requirement or a comparison names."""
