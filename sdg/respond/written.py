"""A response as a line has it: every field that `sdg respond` knows, always there. Asks no model."""

from __future__ import annotations

from typing import Any

from sdg.core.endpoint import Choice, Endpoint
from sdg.record import LATER, Message, Response

_BLANK = Response(messages=[Message(role="assistant", content="")]).model_dump(exclude=set(LATER))
"""Every field in its order, with nothing in it."""


def written(choice: Choice, endpoint: Endpoint, system: str, **more: Any) -> dict[str, Any]:
    """The response with this answer. more: fields that are known better, of a dialogue that the answer ends."""
    usage = {
        "prompt_tokens": choice.prompt_tokens,
        "completion_tokens": choice.completion_tokens,
        "shared_by": choice.shared_by,
    }
    return {
        **_BLANK,
        "messages": [{"role": "assistant", "content": choice.text}],
        "model": endpoint.model,
        "finish_reason": choice.finish_reason,
        "truncated": choice.truncated,
        "reasoning": choice.reasoning,
        "system": system,
        "usage": usage,
        "rehearsal": endpoint.rehearsal,
        **more,
    }
