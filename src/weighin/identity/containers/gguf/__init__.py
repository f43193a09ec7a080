"""GGUF, read by its own library in a confined process."""
