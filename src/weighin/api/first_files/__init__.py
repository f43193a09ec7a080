"""The first files of a folder: requirements, what pins the checkpoint, and a workflow."""
