"""Run the command line as ``python -m innoscape``."""

from .study.cli.command_line import command_line

command_line()
