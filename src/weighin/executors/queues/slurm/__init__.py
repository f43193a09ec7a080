"""Slurm: an array of tasks, one a job, and a check behind it."""
