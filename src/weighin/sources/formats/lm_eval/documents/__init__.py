"""The samples files of lm-eval, document by document."""
