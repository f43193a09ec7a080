"""How observations of one facet are compared, and told."""
