"""What must hold, told: what rules ask, and whether requirements files are valid."""
