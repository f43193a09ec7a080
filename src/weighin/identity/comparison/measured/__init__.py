"""What the difference of two tensors looks like."""
