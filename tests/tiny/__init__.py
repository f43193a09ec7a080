"""A real, tiny checkpoint and real, tiny benchmarks, made in a second."""
