"""An answer told to the machines of continuous integration: notices, and the formats they read."""
