"""The jobs of a results store, and one of them."""
