"""A plan as a document, and the process that scores its jobs elsewhere."""
