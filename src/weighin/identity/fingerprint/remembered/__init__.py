"""Digests of files that were read before, by any process of this user on this machine."""
