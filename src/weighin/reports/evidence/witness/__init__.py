"""What a witnessed command left."""
