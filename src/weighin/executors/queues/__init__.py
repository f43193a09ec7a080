"""Queues of others that start workers elsewhere: one worker a job of a plan."""
