"""Was it this one? Checkpoint, release, revision, name."""
