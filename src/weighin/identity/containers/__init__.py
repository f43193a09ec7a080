"""How each file format holds tensors, read strictly."""
