"""What was recognised in evidence, and what was imported, told."""
