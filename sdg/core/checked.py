"""A table of a TOML file, checked by pydantic: what is wrong becomes one line that names file, table and key."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from sdg.core.errors import UsageError, nearest

T = TypeVar("T", bound=BaseModel)


def checked(kind: type[T], values: dict[str, Any], place: str) -> T:
    """Validate one table; the first trouble becomes one line that names file, table and key."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        # A mistyped key is both unknown and missing: to say that it is unknown helps more.
        first = max(error.errors(include_url=False), key=lambda found: found["type"] == "extra_forbidden")
        path = [str(part) for part in first["loc"]]
        if first["type"] == "missing":
            raise UsageError(f"{place}: {'.'.join(path)} is missing") from None
        if first["type"] == "extra_forbidden":
            known = _fields_at(kind, path[:-1])
            raise UsageError(
                f"{place}: unknown key {'.'.join(path)!r}{nearest(path[-1], known)} (known: {', '.join(known)})"
            ) from None
        message = first["msg"].removeprefix("Value error, ")
        raise UsageError(f"{place}: {'.'.join(path)}: {message[0].lower()}{message[1:]}") from None


def _fields_at(kind: type[BaseModel], path: list[str]) -> list[str]:
    for part in path:
        annotation = kind.model_fields[part].annotation if part in kind.model_fields else None
        for inner in (annotation, *get_args(annotation)):  # itself, or one that may be left out
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                kind = inner
    return list(kind.model_fields)
