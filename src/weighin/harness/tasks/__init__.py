"""Benchmarks as lm-eval loads them: where a task comes from, what it asks, which code it brings."""
