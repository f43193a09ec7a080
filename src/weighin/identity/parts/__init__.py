"""Digests of what is not weights: tokenizer, templates, configs, settings of adapters."""
