"""Results and samples files of lm-eval, 2021 to 0.4."""
