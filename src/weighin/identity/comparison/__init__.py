"""How two checkpoints differ."""
