"""A page: what a report says. A subject fills it, a printer prints it."""
