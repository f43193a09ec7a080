"""Who answered, and what?"""
