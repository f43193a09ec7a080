"""What the rows and columns of a grid are: models, benchmarks, settings, or none of them."""
