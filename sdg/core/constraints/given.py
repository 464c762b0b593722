"""Constraints as a record has them: JSON text, or a list in a user's own file. Checks no answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import orjson
from pydantic import ValidationError

from sdg.core.constraints.base import Constraint
from sdg.core.constraints.kinds import KINDS
from sdg.core.errors import nearest

Turns = Literal["first", "all"]
_TURNS = ("first", "all")
_KEYS = ("kind", "arguments", "turns")


@dataclass(frozen=True)
class Given:
    """A constraint of a prompt. turns: what it is said of, a response's first answer or all its answers.

    raw: the entry as it stood on the record; filled in where there is none yet.
    """

    constraint: Constraint
    turns: Turns = "first"
    raw: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.raw:
            entry = {"kind": self.constraint.kind, "arguments": self.constraint.arguments, "turns": self.turns}
            object.__setattr__(self, "raw", entry)


def dump(constraints: Iterable[Given]) -> str:
    """The field `constraints` of a record: JSON text, "" where there are none."""
    entries = [given.raw for given in constraints]
    return orjson.dumps(entries).decode() if entries else ""


def parse(value: str | list[Any] | None) -> list[Given]:
    """The constraints of a record: JSON text or a list of {"kind", "arguments", "turns"}; "" and None are none.

    `arguments` and `turns` may be left out ({} and "first"), and an argument that is null counts as left out, as in
    IFEval's own files. ValueError: what is wrong, in which entry, for a person.
    """
    entries = _entries(value)
    given = []
    for number, entry in enumerate(entries, 1):
        try:
            given.append(_given(entry))
        except ValueError as error:
            raise ValueError(f"constraint {number}: {error}" if len(entries) > 1 else str(error)) from None
    return given


def _entries(value: str | list[Any] | None) -> list[Any]:
    if isinstance(value, str):
        if not value.strip():
            return []
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"the text is not JSON ({error.msg} at column {error.colno}): {value!r:.60}") from None
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"a list of constraints was expected, this is {value!r:.60}")
    return value


def _given(entry: Any) -> Given:
    if not isinstance(entry, dict):
        raise ValueError(f'an object with "kind" and "arguments" was expected, this is {entry!r:.60}')
    for key in entry:
        if key not in _KEYS:
            raise ValueError(f'unknown key "{key}"{nearest(str(key), _KEYS)} (there are kind, arguments, turns)')
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(_unknown(kind))
    turns = entry.get("turns") or "first"
    if turns not in _TURNS:
        raise ValueError(f'{kind}: "turns" must be "first" or "all", this is {turns!r:.60}')
    return Given(_constraint(kind, entry.get("arguments")), cast(Turns, turns), entry)


def _unknown(kind: object) -> str:
    if kind is None:
        return '"kind" is missing'
    if not isinstance(kind, str):
        return f'"kind" must be text, this is {kind!r:.60}'
    ends = {known.partition(":")[2]: known for known in KINDS}
    hint = f"; did you mean {ends[kind]!r}?" if kind in ends else nearest(kind, KINDS)
    return f"unknown kind {kind!r:.80}{hint}"


def _constraint(kind: str, arguments: Any) -> Constraint:
    if arguments is not None and not isinstance(arguments, dict):
        raise ValueError(f'{kind}: "arguments" must be an object, this is {arguments!r:.60}')
    values = {key: value for key, value in (arguments or {}).items() if value is not None}
    try:
        return KINDS[kind].model_validate(values)
    except ValidationError as error:
        raise ValueError(f"{kind}: {_first(KINDS[kind], error)}") from None


def _first(model: type[Constraint], error: ValidationError) -> str:
    """The first thing wrong with the arguments, in words."""
    found = error.errors(include_url=False)
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])  # it explains what is missing
    at = ".".join(map(str, first["loc"]))
    there = ", ".join(model.model_fields) or "none"
    if first["type"] == "extra_forbidden":
        return f"unknown argument {at!r}{nearest(at, model.model_fields)} (there are: {there})"
    if first["type"] == "missing":
        return f"argument {at!r} is missing (there are: {there})"
    message = first["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    return f"argument {at!r}: {message} (given: {first['input']!r:.60})" if at else message
