"""Results of LiveCodeBench."""
