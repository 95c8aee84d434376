"""Run the command line as ``python -m innoscape.study``."""

from .cli import main

main()
