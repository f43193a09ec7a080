"""What the bytes of a tensor stand for, a block at a time."""
