"""A model that is spread over several devices, or that is kept elsewhere while it answers."""
