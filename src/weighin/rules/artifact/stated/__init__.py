"""What somebody states of the artifact, and nobody measured."""
