"""Reward models over the wire, in the shapes that recorded replies have: by chat completions, /classify and /pooling.

Which model speaks what is in `ROUTES`. The scores themselves come from scores.py.
"""

from __future__ import annotations

from hashlib import sha256
from math import exp
from typing import Any

import orjson

from sdg.rehearsal.scores import reward, score
from sdg.rehearsal.wire import CREATED, FINGERPRINT, check_context, not_found, read_messages, refuse, usage

PREFIX = "rehearsal-reward"
ROUTES: dict[str, tuple[str, ...]] = {
    "rehearsal-reward": ("/chat/completions", "/classify", "/pooling"),
    "rehearsal-reward-nim": ("/chat/completions",),
    "rehearsal-reward-text": ("/chat/completions",),
    "rehearsal-reward-classify": ("/classify", "/pooling"),
    "rehearsal-reward-pooling": ("/pooling",),
    "rehearsal-reward-sigmoid": ("/classify", "/pooling"),  # ignores use_activation without a word
    "rehearsal-reward-softmax": ("/classify", "/pooling"),  # the same, with two labels
}
"""The routes of each reward model; any other name that begins with the prefix is as the first one."""
LIKE_LLAMA = 4.0  # how much wider the one number of the 70B reward model spreads


def check_route(model: str, route: str) -> None:
    """Refused with 404 where this model's server would not have the route."""
    if route not in ROUTES.get(model, ROUTES[PREFIX]):
        raise not_found()


def by_chat(data: dict[str, Any], context: int) -> dict[str, Any]:
    """The reply of a reward model that is asked by chat completions: the conversation ends with what to score."""
    messages = read_messages(data)
    if messages[-1][0] != "assistant":
        raise refuse(400, "the last message must be the assistant's: it is what gets the scores", param="messages")
    prompt = check_context(sum(len(text) for _, text in messages), context)
    found = _scores(messages)
    key = sha256(orjson.dumps([data["model"], messages])).hexdigest()[:32]
    if data["model"] == "rehearsal-reward-text":
        return {
            "id": f"chatcmpl-{key}",
            "object": "chat.completion",
            "created": CREATED,
            "model": data["model"],
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": f"reward:{_wide(reward(found))}"},
                    "logprobs": None,
                    "finish_reason": "length",
                }
            ],
            "usage": usage(prompt, 1),
            "system_fingerprint": FINGERPRINT,
        }
    text = ",".join(f"{name}:{value}" for name, value in found.items())
    logprobs: list[dict[str, Any]] = [
        {"token": name, "bytes": None, "logprob": value, "top_logprobs": []} for name, value in found.items()
    ]
    return {
        "id": key,
        "object": None,
        "created": None,
        "model": None,
        "choices": [
            {
                "index": 0,
                "message": [{"role": "assistant", "content": text}],
                "logprobs": {"content": logprobs},
                "finish_reason": "length",
            }
        ],
        "usage": usage(prompt, 1),
        "system_fingerprint": FINGERPRINT,
    }


def _wide(value: float) -> float:
    """The one number as the 70B reward model spreads it, in 1/32."""
    return round((value - 4.0) * LIKE_LLAMA * 32) / 32


def _scores(messages: list[tuple[str, str]]) -> dict[str, float]:
    question = next((text for role, text in reversed(messages[:-1]) if role == "user"), "")
    return score(question, messages[-1][1])


def by_class(data: dict[str, Any], route: str, context: int) -> dict[str, Any]:
    """The reply of vLLM's /classify or /pooling for `messages` or `input`."""
    conversations = _conversations(data)
    prompt = sum(check_context(sum(len(text) for _, text in messages), context) for messages in conversations)
    values = [_labels(data, reward(_scores(messages))) for messages in conversations]
    key = sha256(orjson.dumps([data["model"], conversations])).hexdigest()[:16]
    kind = "classify" if route == "/classify" else "pool"
    rows = [_row(kind, number, value) for number, value in enumerate(values)]
    return {
        "id": f"{kind}-{key}",
        "object": "list",
        "created": CREATED,
        "model": data["model"],
        "data": rows,
        "usage": {**usage(prompt, 0), "prompt_tokens_details": None},
    }


def _conversations(data: dict[str, Any]) -> list[list[tuple[str, str]]]:
    given = data.get("input")
    if given is None:
        return [read_messages(data)]
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise refuse(400, "input must be a text or a list of texts", param="input")
    return [[("assistant", text)] for text in texts]


def _labels(data: dict[str, Any], value: float) -> list[float]:
    """The raw number where the request says use_activation:false, a sigmoid or softmax of it elsewhere."""
    model = data["model"]
    if model == "rehearsal-reward-softmax":
        good = 1 / (1 + exp(4.0 - value))
        return [1 - good, good]
    if data.get("use_activation") is not False or model == "rehearsal-reward-sigmoid":
        return [1 / (1 + exp(-value))]
    return [value]


def _row(kind: str, number: int, values: list[float]) -> dict[str, Any]:
    if kind == "pool":
        return {"index": number, "object": "pooling", "data": values}
    best = max(range(len(values)), key=values.__getitem__)
    return {"index": number, "label": f"LABEL_{best}", "probs": values, "num_classes": len(values)}
