"""What programs print line by line, and people paste: values by name, literals, error rates."""
