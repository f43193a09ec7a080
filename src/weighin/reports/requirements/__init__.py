"""Requirements files told: whether they are valid, which is nothing about a model."""
