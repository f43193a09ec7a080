"""YAML with places, as strict as the files that people vouch with must be."""
