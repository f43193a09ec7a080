"""How each harness records what a record lacks: the flag, field or command of its version."""
