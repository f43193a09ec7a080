"""Tables as lm-eval prints them."""
