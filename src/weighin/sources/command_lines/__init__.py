"""Command lines of other harnesses, read and never run: what they ask, in weighin's own keys."""
