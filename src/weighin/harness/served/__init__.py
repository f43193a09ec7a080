"""A model that answers behind an endpoint, and what its answers say of it."""
