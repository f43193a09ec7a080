"""Kubernetes: an Indexed Job, one index a job of a plan."""
