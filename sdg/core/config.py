"""The configuration: which models there are, how they are reached, what stands in when nothing is said.

TOML, checked by pydantic; an unknown key is refused by name. Holds names of key variables, never keys. Makes no calls.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sdg.core.checked import checked
from sdg.core.errors import UsageError, nearest
from sdg.record import is_made_up

NVIDIA_URL = "https://integrate.api.nvidia.com/v1"
OPENAI_URL = "https://api.openai.com/v1"
REHEARSAL_URL = "rehearsal:"
LOCAL_FILE = "sdg.toml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Sampling(_Strict):
    """Sampling options; what is None is not sent, so that the server's own default holds."""

    temperature: float | None = Field(None, ge=0)
    top_p: float | None = Field(None, gt=0, le=1)
    top_k: int | None = None
    min_p: float | None = Field(None, ge=0, le=1)
    max_tokens: int | None = Field(None, ge=1)
    seed: int | None = None
    stop: list[str] | str | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    repetition_penalty: float | None = None

    def merged(self, options: dict[str, Any]) -> dict[str, Any]:
        """What goes into a request body: these, with `options` that are not None over them."""
        own = self.model_dump(exclude_none=True)
        return own | {key: value for key, value in options.items() if value is not None}


class Price(_Strict):
    """What a million tokens cost, in any currency: only the user knows."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)

    def of(self, tokens_in: float, tokens_out: float) -> float:
        """What so many tokens cost."""
        return (tokens_in * self.input + tokens_out * self.output) / 1_000_000


class Model(_Strict):
    """One [models.NAME] table.

    base_url: one address, or several that serve the same model. context: tokens, prompt and answer together. timeout:
    seconds for one request. patience: seconds without any answer from the server after which a run stops.
    requests_per_minute, tokens_per_minute: limits of each address. extra: sent along in every request body. cache_as:
    the server's name in the request cache; models of one name and address share answers. price: of its tokens.
    """

    base_url: str | list[str]
    model: str = ""
    api_key_env: str = ""
    sampling: Sampling = Sampling()
    format: Literal["auto", "nim", "text", "classify", "pooling", "genrm"] = "auto"
    context: int = Field(4096, ge=64)
    timeout: float = Field(600, gt=0)
    patience: float = Field(600, ge=0)
    requests_per_minute: float | None = Field(None, gt=0)
    tokens_per_minute: float | None = Field(None, gt=0)
    cache_as: str = ""
    price: Price | None = None
    extra: dict[str, Any] = {}

    @field_validator("base_url")
    @classmethod
    def _are_addresses(cls, urls: str | list[str]) -> str | list[str]:
        several = [urls] if isinstance(urls, str) else urls
        for url in several:
            _check_address(url)
        if not several or len(set(several)) < len(several):
            raise ValueError("a list of addresses must name at least one, and none twice")
        if len(several) > 1 and REHEARSAL_URL in several:
            raise ValueError(f"{REHEARSAL_URL!r} makes everything up and goes with no other address")
        return urls

    @field_validator("api_key_env")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if name and not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
            raise ValueError("must be the name of a variable, never the key itself")
        return name

    @field_validator("price", mode="before")
    @classmethod
    def _is_a_table(cls, price: Any) -> Any:
        if not isinstance(price, dict | Price | None):
            raise ValueError("write { input = ..., output = ... }, per million tokens")
        return price

    @field_validator("extra")
    @classmethod
    def _goes_into_a_request(cls, extra: dict[str, Any]) -> dict[str, Any]:
        try:
            json.dumps(extra, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ValueError(f"can't be sent as JSON ({error})") from None
        return extra

    @property
    def rehearsal(self) -> bool:
        """Whether answers are made up by the rehearsal endpoint, in-process or served."""
        return self.first_url == REHEARSAL_URL or is_made_up(self.model)

    @property
    def base_urls(self) -> list[str]:
        """Its addresses, also where there is one."""
        return [self.base_url] if isinstance(self.base_url, str) else self.base_url

    @property
    def first_url(self) -> str:
        """The address by which the model is known: others may be added to it later."""
        return self.base_urls[0]

    def key(self, table: str) -> str:
        """The API key, or "" where none is named."""
        if not self.api_key_env:
            return ""
        key = os.environ.get(self.api_key_env, "").strip()
        if not key:
            raise UsageError(f"[models.{table}] takes its key from the variable {self.api_key_env}, which is not set")
        if not (key.isascii() and key.isprintable()):
            raise UsageError(f"the key in the variable {self.api_key_env} has characters that no key has")
        return key


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises where it is no port)
    except ValueError:
        raise ValueError(f"{url!r} is no address: write http://HOST:PORT/v1") from None
    if url != REHEARSAL_URL and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError(f"{url!r} is no address: write http://HOST:PORT/v1")
    if parts.username or parts.password:
        raise ValueError("a name or password in an address would get into logs: use api_key_env")


class CacheConfig(_Strict):
    """Where the request cache lies."""

    path: str = ".sdg/requests.db"


class _Table(_Strict):
    """A [models.NAME] table as it may stand in a file: `base_url` can come from the environment."""

    models: dict[str, dict[str, Any]] = {}
    cache: CacheConfig = CacheConfig()


class Config:
    """The models by name, after files and environment have been put together. `origin`: where they come from."""

    def __init__(self, models: dict[str, Model], cache: CacheConfig, origin: str) -> None:
        self.models = models
        self.cache = cache
        self.origin = origin

    @property
    def made_up(self) -> bool:
        """Whether nothing at all was configured, so that the rehearsal endpoint stands in."""
        return not self.origin

    def model(self, name: str) -> Model:
        """A table's model; a name that is no table is a model id on the instruct endpoint.

        Where there is no judge, the instruct model judges.
        """
        if name in self.models:
            return self.models[name]
        if name == "judge":
            return self.model("instruct")
        if name in ("instruct", "reward"):
            raise UsageError(
                f"no {name} model is configured ({self.origin} has {', '.join(self.models) or 'none'}): "
                f"add a [models.{name}] table to {LOCAL_FILE}"
            )
        hint = nearest(name, self.models, alike=0.9)
        if "/" in name or not hint:
            return self.model("instruct").model_copy(update={"model": name, "price": None})  # that price is another's
        raise UsageError(f"no [models.{name}] table is configured{hint}")


def load(path: str | None) -> Config:
    """The configuration of this run: `path`, or ./sdg.toml, filled up from the environment."""
    file = path or (LOCAL_FILE if Path(LOCAL_FILE).exists() else None)
    table = _read(Path(file)) if file else _Table()
    models = {name: dict(values) for name, values in table.models.items()}
    origins = [file] if file else []
    url, has_key = os.environ.get("OPENAI_BASE_URL"), bool(os.environ.get("OPENAI_API_KEY"))
    if (url or has_key) and "base_url" not in models.get("instruct", {}):
        instruct = models.setdefault("instruct", {})
        instruct["base_url"] = url or OPENAI_URL
        if has_key:
            instruct.setdefault("api_key_env", "OPENAI_API_KEY")
        origins.append("OPENAI_BASE_URL" if url else "OPENAI_API_KEY")
    if os.environ.get("NVIDIA_API_KEY"):
        for role in ("instruct", "reward"):
            hosted = {
                "base_url": NVIDIA_URL,
                "model": f"nvidia/nemotron-4-340b-{role}",
                "api_key_env": "NVIDIA_API_KEY",
            }
            models.setdefault(role, hosted)
        origins.append("NVIDIA_API_KEY")
    if not models:
        stand_ins = {"instruct": "instruct", "second": "instruct-b", "reward": "reward"}
        made_up = {role: {"base_url": REHEARSAL_URL, "model": f"rehearsal-{name}"} for role, name in stand_ins.items()}
        return Config({n: Model.model_validate(v) for n, v in made_up.items()}, table.cache, "")
    place = file or "environment"
    found = {name: checked(Model, values, f"{place}: [models.{name}]") for name, values in models.items()}
    return Config(found, table.cache, ", ".join(origins))


def _read(path: Path) -> _Table:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"cannot read the configuration {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from None
    return checked(_Table, values, str(path))
