"""Runs lm-eval. Only the modules in this folder import torch, transformers, datasets or lm_eval."""
