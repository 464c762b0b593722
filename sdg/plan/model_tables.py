"""The models of the user's configuration as the rehearsal endpoint plays them, in a file for the steps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sdg.core.config import REHEARSAL_URL, Config, Model
from sdg.record import is_made_up

_REWARD_FORMATS = ("nim", "text", "classify", "pooling")
_REWARD_OPTION = re.compile(r"\breward:model=([^,]+)")


def named(params: dict[str, Any]) -> tuple[set[str], set[str]]:
    """(all tables or model ids that a command's options name, those of them that are asked for rewards)."""
    judges = " ".join(params.get("judge") or [])
    rewards = {"reward", *_REWARD_OPTION.findall(judges)}
    names = {name.strip() for key in ("model", "user_model") for name in (params.get(key) or "").split(",")}
    if "weights" in params:  # sdg score
        rewards |= names
    return (names | rewards) - {""}, rewards


def write(file: Path, settings: Config, names: Iterable[str], rewards: set[str]) -> dict[str, str]:
    """Write the configuration of a rehearsal; {the name that a model has there: the table's}."""
    tables = dict(settings.models)
    for name in names:  # a model id on the instruct endpoint has no table of its own
        if name not in tables and "instruct" in tables:
            tables[name] = settings.model(name) if name not in rewards else tables["instruct"]
    played: dict[str, str] = {}
    parts = []
    for table, model in tables.items():
        if table == "reward" and table not in settings.models:
            continue
        name = _played_by(table, model, table in rewards)
        played.setdefault(name, table)
        values = {"base_url": REHEARSAL_URL, "model": name, "format": model.format, "context": model.context}
        sampling = model.sampling.model_dump(exclude_none=True)
        lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        lines.append(f"sampling = {{ {', '.join(f'{key} = {json.dumps(value)}' for key, value in sampling.items())} }}")
        parts.append("\n".join([f"[models.{json.dumps(table)}]", *lines]))
    file.write_text("\n\n".join(parts) + "\n")
    return played


def _played_by(table: str, model: Model, reward: bool) -> str:
    """The model of the rehearsal endpoint that answers in the same form."""
    if is_made_up(model.model):
        return model.model
    if model.format == "text":
        return "rehearsal-reward-text"
    if model.format in _REWARD_FORMATS or (model.format == "auto" and reward):
        return f"rehearsal-reward-of-{table}"
    return f"rehearsal-{'genrm-' if model.format == 'genrm' else ''}{table}-model"
