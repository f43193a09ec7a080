"""What differs between two of anything that weighin reads or writes."""
