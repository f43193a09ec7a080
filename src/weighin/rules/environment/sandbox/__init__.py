"""Where agents worked, and within which limits."""
