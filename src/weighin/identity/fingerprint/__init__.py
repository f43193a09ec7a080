"""Taking a fingerprint of a checkpoint, and what became of it since."""
