"""Which files of a checkpoint folder a loader reads, and where they lie."""
