"""SHA-256 on all cores, and the tree over tensors."""
