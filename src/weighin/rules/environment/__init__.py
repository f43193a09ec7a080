"""On what, and with how much help? Harness, engine, seeds, compute."""
