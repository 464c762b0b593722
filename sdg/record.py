"""What a line is: Message, Response, Record, Topic and their ids. No input or output here.

Every field is always written, with a typed empty value where nothing is known ("" or {}, never
null), because `datasets` fixes a column's type on the first 200,000 lines or so: a new key, or a null
that later becomes a value, makes the file unreadable there (datasets 5.2). An empty object is the
one exception that takes anything later, which is why free columns live in `extra`.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

ATTRIBUTES = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
"""The five attributes of HelpSteer2 (arXiv 2406.08673), each about 0 to 4."""

Role = Literal["system", "user", "assistant", "tool", "developer"]


class Message(BaseModel):
    """One turn."""

    model_config = ConfigDict(extra="allow")

    role: Role
    content: str


class Usage(BaseModel):
    """Tokens of the call that brought a response; `shared_by` responses came with the same call."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    shared_by: int = 1


class Response(BaseModel):
    """One answer to a prompt. `scores` and `reward` are there once `sdg score` has seen it."""

    model_config = ConfigDict(extra="allow")

    messages: list[Message] = Field(min_length=1)
    model: str = ""
    finish_reason: str = ""
    truncated: bool = False
    reasoning: str = ""
    system: str = ""
    usage: Usage = Usage()
    rehearsal: bool = False
    scores: dict[str, float] | None = None
    reward: float | None = None
    reward_model: str = ""

    @property
    def text(self) -> str:
        """The last message's content: what the model answered."""
        return self.messages[-1].content


class Source(BaseModel):
    """Where a prompt comes from, enough to make it again. All strings, so that columns never change type."""

    topic: str = ""
    parent_topic: str = ""
    field: str = ""
    document: str = ""
    document_part: str = ""
    kind: str = ""
    level: str = ""
    audience: str = ""
    style: str = ""
    layout: str = ""
    language: str = ""
    draft: str = ""
    template: str = ""
    template_hash: str = ""
    model: str = ""
    plan: str = ""
    rehearsal: bool = False


class Record(BaseModel):
    """One line: one prompt and all that was made from it.

    `task`, `reference` and `source` may hold anything in a user's own file; `sdg prompts` writes text, text and
    a `Source`. `extra` holds the columns that the file's first line did not have.
    """

    model_config = ConfigDict(extra="allow")

    id: str = ""
    task: Any = ""
    prompt: list[Message] = Field(min_length=1)
    reference: Any = ""
    source: Any = {}
    extra: Any = {}
    responses: list[Response] | None = None


class Topic(BaseModel):
    """One line of `sdg topics`: a node of the tree, or a keyword.

    origin: "model", "seeds", "entities" or "code".
    """

    id: str = ""
    topic: str
    parent: str = ""
    field: str = "general"
    origin: str = "model"
    model: str = ""
    rehearsal: bool = False


def content_id(*parts: object) -> str:
    """16 hex digits of the SHA-256 of the parts as canonical JSON: the same content, the same id."""
    canonical = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()[:16]


def prompt_id(messages: list[dict[str, Any]]) -> str:
    """The id of a prompt: of its roles and contents, of nothing else."""
    return content_id([[message["role"], message["content"]] for message in messages])


def topic_id(field: str, parent: str, topic: str) -> str:
    """The id of a topic line."""
    return content_id(field, parent, topic)
