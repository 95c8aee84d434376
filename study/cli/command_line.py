"""Run the command line as a process of its own."""

import gc
import os
import sys

__all__ = ["command_line"]


def command_line() -> None:
    """Run the command line without searching for garbage in vain.

    Modules and a command make many small objects and keep most of them until the process ends.
    """
    gc.set_threshold(500_000, 10, 100)
    # no plugin of pydantic takes part, so that none is looked for among all that is installed
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")
    from .app import main

    try:
        main()
    finally:
        # what is left goes with the process; duckdb would report it as leaked
        if "duckdb" not in sys.modules:
            gc.freeze()
