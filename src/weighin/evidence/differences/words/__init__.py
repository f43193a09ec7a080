"""How differences are named in a sentence."""
