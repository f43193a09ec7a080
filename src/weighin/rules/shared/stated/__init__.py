"""What the requirements file states, held against what a record says: the file is the norm."""
