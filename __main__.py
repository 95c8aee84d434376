"""Run the command line as ``python -m innoscape``."""

from .study.cli.app import main

main()
