"""Is every run there, whole, counted and unaltered?"""
