"""What scores: a plan and a job of it, its hand-over to a queue, and launches of several ranks."""
