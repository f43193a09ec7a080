"""What rules and checks say of themselves, told."""
