"""The three files of a run: input, output, rejects. Opens them, keeps them apart, continues what was begun."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sdg.core import rejects
from sdg.core.errors import UsageError
from sdg.core.jsonl import same_file
from sdg.core.lines import LineReader
from sdg.core.options import RunOptions
from sdg.core.output import Output


class Files:
    """What a run reads and writes. `reader` is there if the stage works on lines."""

    def __init__(self, options: RunOptions, reads_lines: bool) -> None:
        if reads_lines and options.file == "-" and os.isatty(0):
            raise UsageError("there is no input: name a FILE, or send JSONL through a pipe")
        self.reader = LineReader(options.file) if reads_lines else None
        self.output = Output(options.output)
        self.reject_path = options.rejects or (_beside(options.output) if self.output.is_file else None)
        self.reject_fd: int | None = None
        self._keep_apart()

    def resume(
        self, step: str, settings: dict[str, Any], known: Callable[[dict[str, Any]], None], by_line: bool
    ) -> int:
        """Continue the output and the rejects where they are; the number of lines that the output has already."""
        already = self.output.resume({"command": step, **settings}, known, by_line)
        if self.reject_path:
            done = self.output.done if self.output.continued else None
            self.reject_fd = rejects.open_file(self.reject_path, step, done, by_line)
        return already

    def _keep_apart(self) -> None:
        source = self.reader.path if self.reader else ""
        target = f"/dev/fd/{self.output.fd}"
        if same_file(source, target):
            raise UsageError(f"{self.output.name} is the input as well: write to another file")
        if self.reject_path and same_file(target, self.reject_path):
            raise UsageError(f"{self.reject_path} is both the output and the rejects: choose two files")
        if self.reject_path and same_file(source, self.reject_path):
            raise UsageError(f"{self.reject_path} is both the input and the rejects: choose two files")


def _beside(path: str | None) -> str | None:
    """`out.jsonl` -> `out.rejects.jsonl`."""
    if path is None:
        return None
    whole = Path(path)
    return str(whole.with_name(f"{whole.stem}.rejects{whole.suffix or '.jsonl'}"))
