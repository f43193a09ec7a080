"""Jobs on the nodes of a Ray cluster: a worker a GPU, the model loaded once a worker."""
