"""The commands, in the order in which a record meets them.

`sdg --help` must stay fast: everything but typer is imported inside the commands.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys

from sdg.cli.app import app

__all__ = ["app", "main"]

for _part in ("making", "judging", "ends"):  # the order of the help
    importlib.import_module(f"sdg.cli.{_part}")


def main() -> None:
    """The entry point; Ctrl-C before a run has begun ends quietly."""
    # Imports make hundreds of thousands of objects and hardly a cycle: looking for cycles costs a quarter of the start.
    gc.set_threshold(20_000, 10, 10)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # `sdg why ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    finally:
        gc.freeze()  # and looking once more at the end, when the system takes back everything anyway
