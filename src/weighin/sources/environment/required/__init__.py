"""What a requirements file asks of this machine, held against what is here. Nothing is loaded."""
