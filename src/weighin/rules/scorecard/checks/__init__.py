"""One check of published numbers each."""
