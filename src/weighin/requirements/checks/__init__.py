"""What the shape of a requirements file cannot say: content, locations, rules."""
