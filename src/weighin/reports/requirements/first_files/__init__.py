"""The first files of a folder: what stands in them, and what is told of them."""
