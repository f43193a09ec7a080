"""How each file format holds tensors, read strictly."""

from weighin.identity.containers.header import read_header

__all__ = ["read_header"]
