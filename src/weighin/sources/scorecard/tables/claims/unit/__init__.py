"""In what the numbers of a table count: by its words, by others beside it, and by their form."""
