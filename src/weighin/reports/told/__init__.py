"""What a command tells, whatever it tells: the answer, or why there is none."""
