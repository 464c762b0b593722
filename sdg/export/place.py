"""Where an export goes: what -o means, what is there and is not ours, how it is put in place. Writes no rows."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import orjson

from sdg.core.errors import UsageError

README, ENTRIES = "README.md", "dataset_info.json"
_FOLDERS = ("data", "train", "test")
_SHARD = re.compile(r"(?:data/(?:train|test)|train/train|test/test)-\d{5,}-of-\d{5,}\.(?:jsonl|parquet)")
"""The data files of an export, as paths in its folder."""
_OUR_CARD = ("\n- sdg\n", "made with sdg ")
"""What stands in every card (card.py): its tag, and a part of its first words."""

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
    if found.kind == "folder" and not path.is_dir():
        raise UsageError(f"{path} is a file: choose another -o")
    inside = path.is_file()
    if path.is_dir():
        try:
            inside = any(path.iterdir())
            others = _others(path)
        except OSError as error:
            raise UsageError(f"cannot look into {error.filename or path}: {error.strerror}") from None
        refused = f"{path} has other things in it than a data set of `sdg export`"
        if others:
            more = f" and {len(others) - 3} more" if len(others) > 3 else ""
            raise UsageError(f"{refused} ({', '.join(others[:3])}{more}): choose another -o")
        if inside and not (path / README).exists():
            raise UsageError(f"{refused}: it has no {README} of `sdg export`: choose another -o")
    if inside and not overwrite:
        raise UsageError(f"{path} exists: choose another -o, or replace it with --overwrite")


def is_shard(name: str) -> bool:
    """Whether a path in a data set's folder is that of a data file as an export names them."""
    return bool(_SHARD.fullmatch(name))


def _others(folder: Path) -> list[str]:
    """What is in a folder and no export wrote, as paths in it."""
    others = []
    for entry in sorted(folder.iterdir()):
        if entry.name in _FOLDERS and entry.is_dir() and not entry.is_symlink():
            inside = {f"{entry.name}/{file.name}": file for file in sorted(entry.iterdir())}
            others += [name for name, file in inside.items() if not (is_shard(name) and _is_file(file))]
        elif not (_is_file(entry) and _is_ours(entry)):
            others.append(entry.name)
    return others


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_ours(file: Path) -> bool:
    """Whether a file beside the data folders is one of an export, by what it says."""
    if file.name == README:
        text = file.read_text(encoding="utf-8", errors="replace")
        return all(words in text for words in _OUR_CARD)
    if file.name != ENTRIES:
        return False
    try:
        entries = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError:
        return False
    return isinstance(entries, dict) and all(_is_our_entry(entry) for entry in entries.values())


def _is_our_entry(entry: object) -> bool:
    """Whether an entry of dataset_info.json names data of the export beside it."""
    file = entry.get("file_name") if isinstance(entry, dict) else None
    return isinstance(file, str) and (file in _FOLDERS or is_shard(file))


def aside(upload: str) -> Path:
    """Where to make a folder that is only uploaded: nothing stays there."""
    return Path(tempfile.gettempdir()) / f"sdg-export-{upload.replace('/', '-')}"


def put_in_place(new: Path, found: Place, overwrite: bool) -> None:
    """Make the new file or folder the target, in one step or two; a kill leaves the old one or none, never a mix."""
    refuse_existing(found, overwrite)  # somebody may have been faster
    assert found.path
    if not found.path.is_dir():
        new.replace(found.path)
        return
    old = found.path.rename(new.with_name("old"))
    try:
        new.replace(found.path)
    except OSError:
        old.rename(found.path)
        raise
