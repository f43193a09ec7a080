"""What an import did."""
