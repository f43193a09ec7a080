"""What is said of a scorecard, told."""
