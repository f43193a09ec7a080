"""What was scored: fingerprints of checkpoints, tokenizers, tasks, environments; compare two."""
