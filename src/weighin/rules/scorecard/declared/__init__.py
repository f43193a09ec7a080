"""What the sources of numbers declare of them, and what they say beside them."""
