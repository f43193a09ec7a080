"""`python -m weighin` is the command line."""

from weighin.cli import main

main()
