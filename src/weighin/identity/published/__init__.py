"""A revision of a hub, without its bytes."""
