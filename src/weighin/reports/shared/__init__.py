"""What reports are made of: words, pens, foreign text, tables."""
