"""One benchmark, from its first request to its last answer."""
