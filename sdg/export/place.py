"""Where an export goes: what -o means, what stands in the way, how it is put in place. Writes no rows."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sdg.core.errors import UsageError

OURS = frozenset({"README.md", "data", "train", "test", "dataset_info.json"})
"""What an export puts into its folder; a folder with anything else in it is never replaced."""

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class Place:
    """path: the file or folder; None: a stream, or a folder that is only uploaded."""

    kind: Literal["stream", "jsonl", "parquet", "folder"]
    path: Path | None = None


def place(output: str | None, upload: str) -> Place:
    """What `-o output` means. UsageError: it says neither a file of a kind that is written nor a folder."""
    if upload and not _REPOSITORY.fullmatch(upload):
        raise UsageError(f"--push-to-hub {upload!r}: write ORG/NAME")
    if output is None or output == "-" or output.startswith("/dev/"):
        return Place("folder" if upload else "stream")
    path = Path(output)
    if path.exists() and not path.is_file() and not path.is_dir():
        found = Place("stream")  # a named pipe
    elif output.endswith("/") or path.is_dir():
        found = Place("folder", _folder(path, output))
    elif path.suffix in (".jsonl", ".parquet"):
        # What a link points to is replaced, not the link.
        found = Place("jsonl" if path.suffix == ".jsonl" else "parquet", path.resolve() if path.is_symlink() else path)
    else:
        raise UsageError(f"-o {output}: name a FILE.jsonl, a FILE.parquet, or a folder with a slash at its end")
    if upload and found.kind != "folder":
        raise UsageError(f"-o {output}: what is uploaded is a folder: leave -o out, or write -o DIR/")
    return found


def _folder(path: Path, output: str) -> Path:
    whole = path.resolve()
    if whole == Path.cwd().resolve() or not whole.name:
        raise UsageError(f"-o {output}: name a folder of its own for the data set, as in -o {output.rstrip('/')}/NAME/")
    return whole


def refuse_existing(found: Place, overwrite: bool) -> None:
    """UsageError: something is there that may not be replaced."""
    path = found.path
    if path is None or not path.exists():
        return
    inside = {entry.name for entry in path.iterdir()} if path.is_dir() else set()
    if found.kind == "folder" and not path.is_dir():
        raise UsageError(f"{path} is a file: choose another -o")
    if inside - OURS:
        others = ", ".join(sorted(inside - OURS)[:3])
        raise UsageError(f"{path} has other things in it than a data set of `sdg export` ({others}): choose another -o")
    if not overwrite and (inside or path.is_file()):
        raise UsageError(f"{path} exists: choose another -o, or replace it with --overwrite")


def aside(upload: str) -> Path:
    """Where to make a folder that is only uploaded: nothing stays there."""
    return Path(tempfile.gettempdir()) / f"sdg-export-{upload.replace('/', '-')}"


def put_in_place(new: Path, found: Place, overwrite: bool) -> None:
    """Make the new file or folder the target, in one step or two; a kill leaves the old one or none, never a mix."""
    refuse_existing(found, overwrite)  # somebody may have been faster
    assert found.path
    if found.path.is_dir():
        found.path.rename(new.with_name("old"))
    new.replace(found.path)
