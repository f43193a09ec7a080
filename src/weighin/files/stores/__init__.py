"""Where results lie, a folder or an object store, behind five verbs."""
