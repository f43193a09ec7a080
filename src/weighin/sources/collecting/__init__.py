"""Everything at some paths: recognised, read, held against digests."""
