"""Run the command line as ``python -m innoscape.study``."""

from .cli.command_line import command_line

command_line()
