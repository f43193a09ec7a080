"""Single documents of two runs."""
