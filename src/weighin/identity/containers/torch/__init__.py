"""PyTorch zip files, read without torch and without executing the pickle."""
