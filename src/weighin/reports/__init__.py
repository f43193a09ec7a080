"""How an answer is told: a subject a folder, a form of it a file."""
