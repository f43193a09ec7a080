"""Command lines of lm-eval 0.4.13, and of earlier versions as far as these took the same flags."""
