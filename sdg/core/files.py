"""The files of a run: inputs, output, rejects. Opens them, keeps them apart, continues what was begun.

A stage may write several files into a folder, one for each of its parts, or make its output anew in a spool beside it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sdg.core import rejects
from sdg.core.digests import Digests
from sdg.core.errors import UsageError
from sdg.core.jsonl import same_file
from sdg.core.options import RunOptions
from sdg.core.output import Output
from sdg.core.rows import Reader, open_reader
from sdg.core.stage import LineStage, Stage

_OF_PARTS = "rejects.jsonl"


class Files:
    """What a run reads and writes. readers: there if the stage works on lines; outputs: by part, "" if there is one.

    done: what an earlier run has finished; spool: the folder of the outputs until the stage puts them in place, which
    is target.
    """

    def __init__(self, stage: Stage[Any], options: RunOptions) -> None:
        paths = (stage.sources or [options.file]) if isinstance(stage, LineStage) else []
        if "-" in paths and os.isatty(0):
            raise UsageError("there is no input: name a FILE, or send JSONL through a pipe")
        if paths.count("-") > 1:
            raise UsageError("- (stdin) is given more than once")
        foreign = isinstance(stage, LineStage) and stage.foreign
        self.readers: list[Reader] = [open_reader(path, foreign) for path in paths]
        self.done = Digests()
        self.spool: Path | None = None
        self.name = options.output or "stdout"
        self.target: Path | None = None
        self.reject_fd: int | None = None
        self.outputs: dict[str, Output] = {}
        try:
            self.outputs = self._open_outputs(stage, options.output)
            self.reject_path = options.rejects or self._beside(options.output)
            self._keep_apart()
        except BaseException:
            self.close()
            raise

    def resume(self, stage: Stage[Any]) -> int:
        """Continue the output and the rejects where they are; the number of lines that the output has already."""
        by_line = isinstance(stage, LineStage) and stage.repeats == "allowed"
        key = stage.done_key if isinstance(stage, LineStage) else _id_of
        settings = {"command": stage.name, **stage.settings()}
        already = 0
        if not self.spool:
            for part, output in self.outputs.items():
                already += output.resume(settings, _with_part(stage.known, part), None if by_line else key)
        if self.reject_path:
            continued = any(output.continued for output in self.outputs.values())
            done = self.done if continued and not self.spool else None
            self.reject_fd = rejects.open_file(self.reject_path, stage.name, done, by_line)
        return already

    def close(self) -> None:
        """Let go of the files, and take the spool away; what was worth keeping is in its place."""
        for output in self.outputs.values():
            output.close()
        if self.reject_fd is not None:
            os.close(self.reject_fd)
        if self.spool:
            shutil.rmtree(self.spool, ignore_errors=True)

    def _open_outputs(self, stage: Stage[Any], path: str | None) -> dict[str, Output]:
        parts = stage.parts(path)
        self.target = stage.target(path) if stage.written_anew else None
        if self.target:
            folder = self.spool = _spool(self.target)
        elif parts:
            folder = _folder(Path(path or ""))
        else:
            return {"": Output(stage.default_output if path is None else path, self.done)}
        return {part: Output(str(folder / f"{part or 'rows'}.jsonl"), self.done) for part in parts or ("",)}

    def _beside(self, path: str | None) -> str | None:
        """`out.jsonl` -> `out.rejects.jsonl`; in a folder of parts `rejects.jsonl`."""
        if path is None or not all(output.is_file for output in self.outputs.values()):
            return None
        if not self.spool and "" not in self.outputs:
            return str(Path(path) / _OF_PARTS)
        return str(rejects_beside(path, lines=not self.spool))

    def _keep_apart(self) -> None:
        ends = [(output.name, f"/dev/fd/{output.fd}") for output in self.outputs.values()]
        if self.target:
            ends = [(self.name, str(self.target))]  # what is in the spool replaces that
        for name, end in ends:
            for reader in self.readers:
                if same_file(reader.path, end):
                    raise UsageError(f"{name} is the input as well: write to another file")
                if self.target and os.path.isfile(reader.path) and _lies_in(reader.path, end):
                    raise UsageError(
                        f"the input {reader.name} lies in {name}, which is replaced: write to another folder"
                    )
            if not self.reject_path:
                continue
            if same_file(end, self.reject_path) or (self.target and _same_path(end, self.reject_path)):
                raise UsageError(f"{self.reject_path} is both the output and the rejects: choose two files")
            if self.target and _lies_in(self.reject_path, end):
                raise UsageError(
                    f"--rejects {self.reject_path} lies in {name}, which is replaced: choose another place"
                )
        if self.reject_path and any(same_file(reader.path, self.reject_path) for reader in self.readers):
            raise UsageError(f"{self.reject_path} is both the input and the rejects: choose two files")


def rejects_beside(path: str, *, part: bool = False, lines: bool = True) -> Path:
    """Where the rejects of what is written to `path` are: `out.jsonl` -> `out.rejects.jsonl`.

    part: it is one of the parts in a folder, which share `rejects.jsonl`. lines: whether it has lines, as rejects do.
    """
    whole = Path(path)
    suffix = (whole.suffix if lines else "") or ".jsonl"
    return whole.with_name(_OF_PARTS if part else f"{whole.stem}.rejects{suffix}")


def _same_path(one: str, other: str) -> bool:
    """Whether two paths lead to one place, where perhaps nothing is yet."""
    return os.path.realpath(one) == os.path.realpath(other)


def _lies_in(path: str, folder: str) -> bool:
    """Whether a file, or a link to it, is somewhere below a folder."""
    whole = os.path.join(os.path.realpath(folder), "")
    link = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    return link.startswith(whole) or os.path.realpath(path).startswith(whole)


def _id_of(data: dict[str, Any]) -> str:
    id: str = data["id"]
    return id


def _with_part(known: Callable[[dict[str, Any], str], None], part: str) -> Callable[[dict[str, Any]], None]:
    return lambda data: known(data, part)


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {path}: {error.strerror}") from None
    return path


def _spool(target: Path) -> Path:
    """A new folder on the target's own disk, so that putting in place is one step."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise UsageError(f"cannot write beside {target}: {error.strerror}") from None
