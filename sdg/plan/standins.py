"""What steps read while they are rehearsed: evenly thinned copies of long files, and what earlier steps have made.

Each stand-in knows how many lines it stands for. Copies lie in the plan's own folder; nothing is written elsewhere.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sdg.core.errors import UsageError
from sdg.core.hub import HUB
from sdg.plan.commands import Copy


@dataclass(slots=True)
class StandIn:
    """A file to read in place of another. count: the lines that it stands for.

    longer: tokens by which the responses in it will be longer than they are here.
    """

    path: Path
    count: float
    longer: float = 0.0


@dataclass(slots=True)
class Thinned:
    """What a step reads in place of a file. lines: those that it has; count, longer: as of the StandIn."""

    path: str
    lines: int
    count: float
    longer: float


class StandIns:
    """All of one plan, by the path that they stand for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_path: dict[str, StandIn] = {}
        self._thinned = 0

    def put(self, path: str, file: Path, count: float, longer: float) -> None:
        """From now on `file` is read in place of `path`, as it were with `count` lines."""
        self._by_path[os.path.abspath(path)] = StandIn(file, count, longer)

    def copy(self, copy: Copy) -> None:
        """What a script's `cp` or `mv` does, in the plan's folder."""
        into = len(copy.sources) > 1 or os.path.isdir(copy.target)
        for source in copy.sources:
            found = self.of(source)
            if found is None or not found.path.is_file():
                continue
            target = os.path.join(copy.target, os.path.basename(source)) if into else copy.target
            place = self._folder / "copies" / os.path.abspath(target).lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(found.path, place)
            self._by_path[os.path.abspath(target)] = StandIn(place, found.count, found.longer)
            self._by_path.setdefault(os.path.dirname(os.path.abspath(target)), StandIn(place.parent, 0))

    def of(self, path: str) -> StandIn | None:
        """What is read for a path: a stand-in or the file itself; None where nothing is there."""
        whole = os.path.abspath(path)
        if whole not in self._by_path and os.path.exists(path):
            return StandIn(Path(whole), _lines_of(Path(whole)) if os.path.isfile(path) else 0)
        return self._by_path.get(whole)

    def path(self, path: str) -> str:
        """Where to read a file or folder that is read whole; the path itself where nothing stands for it."""
        found = self._by_path.get(os.path.abspath(path))
        return str(found.path) if found else path

    def thinned(self, paths: list[str], most: int) -> list[Thinned]:
        """The files with `most` lines together, of each the same share. UsageError: one is not there."""
        found = []
        for path in paths:
            if path.startswith(HUB):
                raise UsageError(f"{path} is on the hub, and a plan asks nobody: import it to a file first")
            if (one := self.of(path)) is None:
                raise UsageError(f"{path} is not there, and no earlier step makes it")
            found.append(one)
        lines = [_lines_of(one.path) for one in found]
        # Of what they stand for, so that a file of which there is only a sample keeps its part among the others.
        share = min(1.0, most / max(1.0, sum(one.count for one in found)))
        share = min([share, *(count / one.count for one, count in zip(found, lines, strict=True) if one.count)])
        return [self._thin(one, count, share) for one, count in zip(found, lines, strict=True)]

    def _thin(self, one: StandIn, lines: int, share: float) -> Thinned:
        kept = min(lines, max(1, round(one.count * share)))
        if kept == lines or not _is_jsonl(one.path):
            return Thinned(str(one.path), lines, one.count, one.longer)
        self._thinned += 1
        target = self._folder / f"thinned-{self._thinned}" / one.path.name
        target.parent.mkdir()
        with one.path.open("rb") as source, target.open("wb") as sink:
            for number, line in enumerate(line for line in source if line.strip()):
                # Evenly over the whole of the file, and the first: where it is bad, the real run refuses the file.
                if number * kept % lines < kept:
                    sink.write(line)
        return Thinned(str(target), kept, one.count, one.longer)


def lines_in(path: str) -> int:
    """The lines that a file has; 0 where there is none."""
    return _lines_of(Path(path)) if os.path.isfile(path) else 0


def _lines_of(path: Path) -> int:
    if path.is_dir():
        return 0
    try:
        with path.open("rb") as file:
            return sum(1 for line in file if line.strip())
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None


def _is_jsonl(path: Path) -> bool:
    """Whether lines can be left out: not of Parquet, not of one JSON array."""
    with path.open("rb") as file:
        begun = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    return not path.name.endswith(".parquet") and not begun.startswith(b"[")
