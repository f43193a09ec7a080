"""What columns hold by the others beside them."""
