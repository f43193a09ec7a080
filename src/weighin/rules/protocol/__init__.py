"""Was it asked so? Task, prompts, template, data."""
