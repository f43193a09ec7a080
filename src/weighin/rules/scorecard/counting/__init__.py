"""How a score is counted, and what its error and its digits say of the documents behind it."""
