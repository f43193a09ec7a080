"""Where observations come from: run lm-eval, read other harnesses' logs."""
