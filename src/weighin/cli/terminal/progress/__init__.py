"""How far it is, where somebody may look on: bars, lines a minute, bytes hashed."""
