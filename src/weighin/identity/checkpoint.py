"""A checkpoint's fingerprint and its manifest read back, under the name that others import."""

from weighin.identity.fingerprint.checkpoint import fingerprint, load_manifest

__all__ = ["fingerprint", "load_manifest"]
