"""What holds within one row of a table."""
