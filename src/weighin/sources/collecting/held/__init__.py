"""Whether a record says what the files beside it say."""
