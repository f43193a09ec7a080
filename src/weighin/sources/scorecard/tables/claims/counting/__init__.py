"""In what the numbers of a table count."""
