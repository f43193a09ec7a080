"""What was recognised in some files, told."""
