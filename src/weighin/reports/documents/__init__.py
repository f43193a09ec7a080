"""The documents that weighin reads and writes, by name, and the schema of each."""
