"""What was observed: records, the results store, the run ledger."""
