"""`sdg why`: what the rejects say of one record, in words. Reads rejects files and nothing else."""

from __future__ import annotations

import sys
from typing import Any

from sdg.core import rejects
from sdg.core.errors import UsageError

_KINDS = {
    "dropped": "dropped by {cause}",
    "trimmed": "kept, but a part was left behind by {cause}",
    "failed": "failed: {cause}",
    "invalid": "bad input: {cause}",
}


def run_why(id: str, files: list[str]) -> int:
    """Print every entry of the id (or of the ids that begin so) in the files; 1 if there is none."""
    try:
        if not files:
            raise UsageError("no rejects file is given: sdg why ID --rejects FILE")
        read = found = 0
        for file in files:
            for item in rejects.read(file):
                read += 1
                if str(item["id"]).startswith(id):
                    found += 1
                    sys.stdout.write(_told(item, file))
    except UsageError as error:
        sys.stderr.write(f"why: {error}\n")
        return 2
    if not found:
        where = ", ".join(files)
        sys.stderr.write(f"why: none of the {read:,} entries in {where} is about {id}: it was written, or never read\n")
        return 1
    return 0


def _told(item: dict[str, Any], file: str) -> str:
    """A few lines for one entry."""
    what = _KINDS.get(item["kind"], "{cause}").format(cause=item["cause"])
    place = f"\n  from    {item['file']} line {item['line']}" if item.get("file") else ""
    return (
        f"{item['id']}: {what}\n  step    sdg {item['step']} ({file}){place}\n"
        f"  reason  {item['reason']}\n  record  {_shortened(item['record'])}\n"
    )


def _shortened(record: str) -> str:
    return record if len(record) <= 300 else f"{record[:297]}... ({len(record):,} characters)"
