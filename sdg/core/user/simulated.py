"""The simulated user: asks a model for a person's next message, cleans it, checks it, and asks again if it won't do.

Wording is in prompts/user/, what may stand in a message in cleaning.py and checks.py. Keeps no dialogue.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from sdg.core.endpoint import Endpoint
from sdg.core.errors import RecordFailed
from sdg.core.template import Templates
from sdg.core.user.checks import why_not
from sdg.core.user.cleaning import cleaned
from sdg.record import content_id

TRIES = 3
_TEMPLATE, _TABLE = "user/turn", "user/draws"
_VARIABLES = ("conversation", "persona", "move")
_NO_MESSAGE = ("cut off in reasoning", "content filter")
"""Failures that concern one text of the model: another may do."""
_TOO_LONG = "context too long"
_BYTES_A_TOKEN = 3.5
_ROOM = 900
"""Tokens of the model's context that are kept for the template, the persona and the message."""
_SHORTEST = 400
"""Characters that are always shown of a turn."""


@dataclass(slots=True)
class Spoken:
    """A message of the user, and the tokens of all the calls it took."""

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Ended(Exception):
    """The simulated user has nothing usable to say. reason: fixed words; the tokens were paid for all the same."""

    def __init__(self, reason: str, prompt_tokens: int = 0, completion_tokens: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.prompt_tokens, self.completion_tokens = prompt_tokens, completion_tokens


class SimulatedUser:
    """One model that plays users. UsageError where its template or table is wrong."""

    def __init__(self, endpoint: Endpoint, templates: Templates) -> None:
        self.endpoint = endpoint
        self.template = templates.get(_TEMPLATE)
        self.template.check(_VARIABLES)
        self._moves = templates.table(_TABLE)["move"]

    @property
    def hashes(self) -> dict[str, str]:
        """{name: hash} of what words its requests."""
        return {_TEMPLATE: self.template.hash, _TABLE: content_id(self._moves)}

    async def turn(self, messages: Sequence[dict[str, Any]], persona: str, sample: int = 0) -> str:
        """The user's next message in a conversation that ends with the assistant's; another for each sample.

        Ended: none of TRIES messages will do. RecordFailed: the model can't be asked.
        """
        return (await self.spoken(messages, persona, sample)).text

    async def spoken(self, messages: Sequence[dict[str, Any]], persona: str, sample: int = 0) -> Spoken:
        """As `turn`, with the tokens."""
        total, reasons = Spoken(""), dict[str, None]()
        talk = [message for message in messages if message["role"] in ("user", "assistant")]
        shown = conversation(talk, max(200, self.endpoint.context - _ROOM))
        for number in range(sample * TRIES, (sample + 1) * TRIES):
            move = self._move(messages, persona, number)
            text = self.template.render(conversation=shown, persona=persona, move=move)
            try:
                choice = await self.endpoint.ask(text, sample=number)
            except RecordFailed as failed:
                if failed.cause == _TOO_LONG:
                    reasons = {_TOO_LONG: None}
                    break
                if failed.cause not in _NO_MESSAGE:
                    raise
                reasons[failed.cause] = None
                continue
            total.prompt_tokens += choice.prompt_tokens
            total.completion_tokens += choice.completion_tokens
            why = why_not(choice.text, talk, persona, truncated=choice.truncated)
            if not why:
                total.text = cleaned(choice.text, persona)
                return total
            reasons[why] = None
        raise Ended(", ".join(reasons), total.prompt_tokens, total.completion_tokens)

    def _move(self, messages: Sequence[dict[str, Any]], persona: str, number: int) -> str:
        """What kind of message: drawn by the conversation and the persona, the next one of the table for each try."""
        said = [[message["role"], message["content"]] for message in messages]
        digest = hashlib.sha256(orjson.dumps([said, persona])).digest()
        return self._moves[(int.from_bytes(digest[:8], "big") + number) % len(self._moves)]


def conversation(messages: Sequence[dict[str, Any]], most: int) -> str:
    """The turns as the template shows them; the middle of long ones is left out, to fit `most` tokens."""
    texts = [str(message["content"]).strip() for message in messages]
    while texts and sum(_tokens(text) for text in texts) > most:
        longest = max(range(len(texts)), key=lambda place: len(texts[place]))
        if len(texts[longest]) <= _SHORTEST:
            break
        keep = max(_SHORTEST // 2, int(len(texts[longest]) * 0.4))
        shorter = f"{texts[longest][:keep].rstrip()}\n[...]\n{texts[longest][-keep:].lstrip()}"
        if len(shorter) >= len(texts[longest]):
            break
        texts[longest] = shorter
    return "\n\n".join(f"[{message['role']}]\n{text}" for message, text in zip(messages, texts, strict=True))


def _tokens(text: str) -> float:
    """About how many tokens, by bytes: 3.5 to a token suits English as well as scripts of three bytes a character."""
    return len(text.encode("utf-8", "replace")) / _BYTES_A_TOKEN
