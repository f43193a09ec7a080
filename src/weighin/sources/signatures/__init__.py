"""Who vouches for the files of a checkpoint."""
