"""What rules are made of: facts, facets, records, words."""
