"""What surrounds tables in a page: headings, captions, prose, lists, and the model they are of."""
