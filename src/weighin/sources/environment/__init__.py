"""What is installed here, what the machine has, and which variables change what is scored."""
