"""How two runs differ: what was asked, what answered, what came out."""
