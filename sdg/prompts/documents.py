"""Where documents come from: a folder of .txt and .md files, a JSONL file, or a data set of the Hugging Face hub.

Each source is read as a stream, in the same order every time. What can't be used is handed on with its reason; a source
that can't be used at all is a UsageError. Cutting is in cutting.py, the hub in hub.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jsonlines
import orjson

from sdg.core.errors import UsageError
from sdg.core.hub import HUB, rows
from sdg.core.jsonl import where
from sdg.prompts.cutting import estimated_tokens
from sdg.prompts.draws import shuffled
from sdg.prompts.task import Thrown

SUFFIXES = (".txt", ".md")
FEWEST_TOKENS = 25
"""Estimated; a shorter document has nothing to ask about."""


@dataclass(slots=True)
class Document:
    """id: the path in the folder, the line's `id` or number, or the row's number. thrown: why it can't be used.

    place: the same, but never the line's `id`, which may be there twice.
    """

    id: str
    place: str
    text: str
    thrown: Thrown | None = None


class Documents:
    """One source. `check` finds out what is wrong with it before anything is paid; `read` reads it from the start."""

    def __init__(self, source: str, text_field: str, seed: str) -> None:
        self.source = source
        self.text_field = text_field
        self._seed = seed
        self._files: list[Path] = []

    def check(self) -> None:
        """UsageError if the source is missing or holds nothing that could be read as documents."""
        path = Path(self.source)
        if self.source.startswith(HUB):
            return
        if not path.exists():
            raise UsageError(f"--documents: {self.source}: no such file or folder")
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
            if not files:
                raise UsageError(f"--documents: {self.source} holds no {' or '.join(SUFFIXES)} files")
            # In the order of their names the first documents would all be of one kind.
            self._files = shuffled(files, self._seed, "documents")
        elif path.suffix.lower() in SUFFIXES:
            self._files = [path]

    def read(self) -> Iterator[Document]:
        """All documents, one after the other; blocks while reading."""
        found = self._rows() if self.source.startswith(HUB) else self._texts() if self._files else self._lines()
        for document in found:
            if not document.thrown and estimated_tokens(document.text) < FEWEST_TOKENS:
                size = f"{len(document.text):,} characters"
                document.thrown = Thrown(
                    "document too short", f"{document.id} has only {size}: too few to ask about", document.text
                )
            yield document

    def _texts(self) -> Iterator[Document]:
        root = Path(self.source)
        for file in self._files:
            name = file.relative_to(root).as_posix() if root.is_dir() else file.name
            try:
                yield Document(name, name, file.read_text(encoding="utf-8-sig").strip())
            except OSError as error:
                yield _unusable(name, "unreadable document", f"{file}: {error.strerror}")
            except UnicodeDecodeError as error:
                yield _unusable(name, "unreadable document", f"{file}: not UTF-8 text (byte {error.start})")

    def _lines(self) -> Iterator[Document]:
        try:
            file = open(self.source, "rb")  # noqa: SIM115
        except OSError as error:
            raise UsageError(f"--documents: cannot read {self.source}: {error.strerror}") from None
        number = 0
        with file, jsonlines.Reader(file, loads=orjson.loads) as reader:
            while True:
                number += 1
                place = where(self.source, number)
                try:
                    line = reader.read(type=dict, skip_empty=True)
                except EOFError:
                    return
                except jsonlines.InvalidLineError as error:
                    number = error.lineno
                    place = where(self.source, number)
                    document = _unusable(str(number), "bad document line", f"{place}: {_first_words(error)}")
                else:
                    document = self._of(line, str(line.get("id") or number), str(number), place)
                if number == 1 and document.thrown:
                    raise UsageError(document.thrown.reason)
                yield document

    def _rows(self) -> Iterator[Document]:
        try:
            for number, row in enumerate(rows(self.source, self.text_field, "--text-field")):
                yield self._of(row, str(number), str(number), f"{self.source} row {number}")
        except UsageError as error:
            raise UsageError(f"--documents: {error}") from None

    def _of(self, values: dict[str, object], id: str, place: str, words: str) -> Document:
        text = values.get(self.text_field)
        if isinstance(text, str):
            return Document(id, place, text.strip())
        has = ", ".join(list(values)[:8]) or "none"
        what = "must be text" if self.text_field in values else f"is missing (fields here: {has}; see --text-field)"
        return _unusable(place, "bad document line", f'{words}: field "{self.text_field}" {what}')


def _unusable(place: str, rule: str, reason: str) -> Document:
    return Document(place, place, "", Thrown(rule, reason, fault=True))


def _first_words(error: jsonlines.InvalidLineError) -> str:
    words = str(error).split(" (line ")[0]
    if "requested type" in words:
        return "a JSON object was expected"
    return words.replace("line contains invalid json", "not JSON").replace("line is not valid utf-8", "not UTF-8")
