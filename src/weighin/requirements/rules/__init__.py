"""How a requirements file sets rules, and what a rule can be set to."""
