"""What stands above every report of a verdict."""
