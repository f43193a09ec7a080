"""How evidence is judged: one rule one class, a catalogue, the judge."""
