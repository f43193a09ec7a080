"""Whether what answers stays what was loaded while it answers."""
