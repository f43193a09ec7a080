"""Results files of simple-evals."""
