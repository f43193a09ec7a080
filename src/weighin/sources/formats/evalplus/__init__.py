"""Results of EvalPlus, and of BigCodeBench, which was made of it."""
