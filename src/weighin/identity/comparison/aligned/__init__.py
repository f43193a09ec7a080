"""Which tensor of one checkpoint answers to which of the other."""
