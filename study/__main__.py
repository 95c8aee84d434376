"""Run the command line as ``python -m innoscape.study``."""

from .cli.app import main

main()
