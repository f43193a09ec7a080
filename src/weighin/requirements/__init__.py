"""What must hold: the file format, profiles, line-precise errors."""
