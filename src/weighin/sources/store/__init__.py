"""weighin's own records and ledgers, read back."""
