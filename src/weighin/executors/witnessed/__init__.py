"""Commands of others, run as they are: what was seen in their processes becomes records."""
