"""What differs between two runs, told."""
