"""What was asked of two runs and what answered, held against each other."""
