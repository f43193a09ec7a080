"""Arguments with which a log says that a model was loaded and asked."""
