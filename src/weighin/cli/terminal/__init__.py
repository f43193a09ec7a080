"""What every command says, and how it looks where it is said."""
