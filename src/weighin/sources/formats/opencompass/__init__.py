"""Summary tables of OpenCompass."""
