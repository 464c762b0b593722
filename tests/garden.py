"""A real HTTP server that answers questions about plots of a garden and plays the user who asks. For tests only."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fake_server import FakeServer, completion

Body = dict[str, Any]
ASKED = (
    "Which tools for that, apart from a spade?",
    "No, I meant the shady corner behind the shed.",
    "How long until the first harvest?",
)
"""What the users of these tests say, turn by turn."""


def users(body: Body) -> bool:
    """Whether a request wants a turn of the user."""
    return "next message of the user" in body["messages"][-1]["content"]


def turn_of(body: Body) -> int:
    """The number of the turn that a request belongs to: of the answer, or of the user's message."""
    if users(body):
        return 1 + int(body["messages"][-1]["content"].count("[user]\n"))
    return sum(message["role"] == "user" for message in body["messages"])


def plot(body: Body) -> str:
    """The number of the prompt that a request belongs to."""
    found = re.search(r"plot (\w+) ", str(body["messages"]))
    assert found
    return found[1]


class Garden:
    """A server that answers and plays the user. `special` may take over a request; `seen`: all bodies."""

    def __init__(self, special: Callable[[Body], tuple[Any, ...] | None] = lambda body: None) -> None:
        self.seen: list[Body] = []
        self._special = special

    def __call__(self, body: Body) -> tuple[Any, ...]:
        self.seen.append(body)
        return self._special(body) or (200, completion([{"content": text} for text in self._texts(body)]))

    def _texts(self, body: Body) -> list[str]:
        turn = turn_of(body)
        if users(body):
            return [ASKED[turn - 2]]
        return [f"Dig in compost, layer {turn} of {body['model']}, choice {n}." for n in range(body.get("n", 1))]

    def counts(self) -> Counter[tuple[bool, int]]:
        """How many requests of each (whether the user's, turn)."""
        return Counter((users(body), turn_of(body)) for body in self.seen)


def configured(folder: Path, server: FakeServer, *tables: str, **more: Any) -> str:
    """A configuration with a table for each name, all at this server."""
    extra = "".join(f"{key} = {json.dumps(value)}\n" for key, value in more.items())
    path = folder / "garden.toml"
    path.write_text(
        "\n".join(
            f'[models.{table}]\nbase_url = "{server.url}"\nmodel = "{table}-model"\n{extra}'
            f"sampling = {{ temperature = {0.5 + number / 10} }}"
            for number, table in enumerate(["instruct", *tables])
        )
    )
    return str(path)
