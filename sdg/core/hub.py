"""Rows of a data set of the Hugging Face hub, streamed. The only importer of `datasets`; every failure is one line."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from sdg.core.errors import UsageError

HUB = "hf://"


def rows(source: str, column: str = "", option: str = "") -> Iterator[dict[str, Any]]:
    """The rows of hf://ORG/NAME[:split]; the split is `train` if none is named.

    column: one that the rows must have; option: what to choose it with. UsageError: no such data set, split or column,
    or no network. Blocks while it loads.
    """
    name, _, split = source.removeprefix(HUB).partition(":")
    split = split or "train"
    if not name.strip("/"):
        raise UsageError(f"{source}: write hf://ORG/NAME or hf://ORG/NAME:SPLIT")
    try:
        import datasets

        datasets.disable_progress_bars()
        datasets.logging.set_verbosity_error()
        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
        data = datasets.load_dataset(name, split=split, streaming=True)
        columns = list(data.column_names or [])
        stream = iter(data)
        first = next(stream, None)
    except Exception as error:  # whatever the hub, the network or a loader can raise
        raise UsageError(f"cannot read {source}: {_in_one_line(error)}") from None
    if first is None:
        raise UsageError(f"{source} has no rows")
    columns = columns or list(first)
    if column and column not in columns:
        has = ", ".join(columns)
        raise UsageError(f"{source} has no column {column!r}; it has: {has} (choose with {option})")
    yield first
    try:
        yield from stream
    except Exception as error:
        raise UsageError(f"cannot read on in {source}: {_in_one_line(error)}") from None


def _in_one_line(error: BaseException) -> str:
    words = " ".join(str(error).split()) or "no words"
    shown = words if len(words) <= 300 else f"{words[:297]}..."
    return f"{type(error).__name__}: {shown}"
