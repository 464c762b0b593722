"""Who the simulated user is: reading the list of personas, and which of them a dialogue has. No wording here."""

from __future__ import annotations

import hashlib
from math import gcd
from pathlib import Path

from sdg.core.errors import UsageError
from sdg.core.resources import builtin

SHIPPED = "user/personas.txt"
_STRIDE = 0.618
"""Share of the list between the personas of two samples, because neighbours in a list are often alike."""


def load_personas(path: str | None) -> list[str]:
    """The personas of a file, one a line, blank lines and # comments left out; None: the list that ships.

    UsageError: the file is missing, not UTF-8 or holds none.
    """
    file = builtin("prompts") / SHIPPED if path is None else Path(path)
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UsageError(f"personas {file}: not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise UsageError(f"cannot read personas {file}: {error.strerror}") from None
    kept = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not kept:
        raise UsageError(f"personas {file}: there is none in it; write one a line")
    return list(dict.fromkeys(kept))


def persona_for(personas: list[str], record_id: str, sample: int) -> str:
    """The persona of a record's sample: the same everywhere, another for each sample until all have had their turn."""
    count = len(personas)
    digest = hashlib.sha256(record_id.encode("utf-8", "surrogatepass")).digest()
    stride = next(step for step in range(max(1, int(count * _STRIDE)), 2 * count + 2) if gcd(step, count) == 1)
    return personas[(int.from_bytes(digest[:8], "big") + sample * stride) % count]
