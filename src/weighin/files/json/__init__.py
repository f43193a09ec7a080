"""JSON that somebody else wrote: its shapes, and keys that it holds twice."""
