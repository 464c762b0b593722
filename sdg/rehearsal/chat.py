"""POST /v1/chat/completions for the models that answer: parameters, choices, finish reasons, usage.

A choice's text depends on the model, the messages, temperature, top_p, seed and the choice's number, on nothing else:
n choices from sample 3 on are the same texts as n requests for one choice with the sample numbers 3, 4, ...
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson

from sdg.rehearsal import answers, cues, judging, lists, obeying, revisions, sums, turns
from sdg.rehearsal.cues import Cue
from sdg.rehearsal.grammar import Dice
from sdg.rehearsal.obeying import Demand
from sdg.rehearsal.wire import (
    CHARACTERS_A_TOKEN,
    CREATED,
    FINGERPRINT,
    check_context,
    read_messages,
    refuse,
    tokens,
    usage,
)

MOST_CHOICES = 128
REFUSED_SHARE = 0.02
TYPICAL = 120  # words of a typical answer
TERSE = 70  # the same for a model whose name ends with "-b"


def complete(data: dict[str, Any], sample: int, context: int) -> dict[str, Any]:
    """The body of the reply. sample: the number of the first choice. Refused with 400 on a wrong parameter."""
    messages = read_messages(data)
    prompt = check_context(sum(len(text) for _, text in messages), context)
    n = _whole(data, "n", 1, MOST_CHOICES) or 1
    limit = _whole(data, "max_completion_tokens", 1, None) or _whole(data, "max_tokens", 1, None) or context
    limit = max(1, min(limit, context - prompt))
    if data.get("stream"):
        raise refuse(400, "the rehearsal endpoint does not stream: leave `stream` out", param="stream")
    stops, model = _stops(data), str(data["model"])
    greedy = _temperature(data) == 0
    question = next((text for role, text in reversed(messages) if role == "user"), messages[-1][1])
    cue = judging.by_roles(model, messages) or cues.read(question)
    wanted = obeying.demands([text for role, text in messages if role == "user"]) if cue.kind == "answer" else []
    seed = _seed(data, messages, greedy)
    choices, completion, made = [], 0, ("", "", False)
    for number in range(n):
        if number == 0 or not greedy:
            drawn = sha256(seed if greedy else seed + str(sample + number).encode()).digest()
            made = _text(model, cue, wanted, limit, Dice(int.from_bytes(drawn[:8], "big")))
        message, reason, spent = _finish(made, stops, limit)
        completion += spent
        choices.append({"index": number, "message": message, "logprobs": None, "finish_reason": reason})
    return {
        "id": f"chatcmpl-{sha256(seed + str(sample).encode()).hexdigest()[:24]}",
        "object": "chat.completion",
        "created": CREATED,
        "model": model,
        "choices": choices,
        "usage": usage(prompt, completion),
        "system_fingerprint": FINGERPRINT,
    }


def _whole(data: dict[str, Any], name: str, low: int, high: int | None) -> int | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < low or (high is not None and value > high):
        raise refuse(
            400, f"{name} must be a whole number from {low}{f' to {high}' if high else ''}, not {value!r}", param=name
        )
    return value


def _temperature(data: dict[str, Any]) -> float:
    value = data.get("temperature")
    if value is None:
        return 1.0
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 2:
        raise refuse(400, f"temperature must be a number from 0 to 2, not {value!r}", param="temperature")
    return float(value)


def _stops(data: dict[str, Any]) -> list[str]:
    stop = data.get("stop") or []
    stops = [stop] if isinstance(stop, str) else stop
    if not isinstance(stops, list) or not all(isinstance(word, str) for word in stops):
        raise refuse(400, "stop must be a text or a list of texts", param="stop")
    return [word for word in stops if word]


def _seed(data: dict[str, Any], messages: list[tuple[str, str]], greedy: bool) -> bytes:
    """What the texts are drawn from. At temperature 0 nothing but the model and the messages counts, as for real."""
    drawn = [] if greedy else [data.get("seed"), data.get("temperature"), data.get("top_p")]
    return sha256(orjson.dumps([data["model"], messages, drawn])).digest()


def _text(model: str, cue: Cue, wanted: list[Demand], limit: int, dice: Dice) -> tuple[str, str, bool]:
    """(reasoning, answer, whether it breaks off by itself). limit: tokens that are wanted at most."""
    # What is to be changed as a whole is made as a whole, whatever will be cut off.
    enough = answers.LONGEST if wanted else limit
    text, cut = _answer(cue, dice, model.endswith("-b"), enough)
    text = text if cut else obeying.obeyed(text, wanted, dice)
    if not model.endswith("-think") and not model.startswith(judging.GENRM):
        return "", text, cut
    thought = answers.thought(cue, dice)
    return (thought, text, cut) if dice.chance(0.5) else ("", f"<think>\n{thought}\n</think>\n\n{text}", cut)


def _answer(cue: Cue, dice: Dice, terse: bool, enough: int) -> tuple[str, bool]:
    """(the text, whether it breaks off by itself). terse: the model says little, and is careless with numbers."""
    median = TERSE if terse else TYPICAL
    if cue.kind == "verdict":
        return revisions.verdict(cue, dice), False
    if cue.kind == "judgement":
        return judging.judged(cue, dice)
    if cue.kind == "scores":
        return judging.rated(cue, dice), False
    if dice.chance(REFUSED_SHARE):
        return dice.pick(answers.REFUSALS), False
    if cue.kind == "turn":
        return turns.turn(cue, dice, median)
    if cue.kind == "list":
        return lists.write(cue, dice)
    if cue.kind == "revision":
        return revisions.revision(cue, dice), False
    if cue.kind == "instruction":
        return revisions.lone_instruction(cue, dice), False
    if problem := sums.read(cue.text):
        return sums.answer(problem, dice, careless=terse), False
    return answers.answer(cue, dice, median, enough)


def _finish(made: tuple[str, str, bool], stops: list[str], limit: int) -> tuple[dict[str, Any], str, int]:
    """(the message, finish_reason, its tokens): `stop` words and the limit of tokens applied, thoughts first."""
    reasoning, text, cut = made
    for word in stops:
        place = text.find(word)
        if place >= 0:
            text, cut = text[:place], False
    room = limit * CHARACTERS_A_TOKEN
    if len(reasoning) + len(text) > room:
        reasoning, text, cut = reasoning[:room], text[: max(0, room - len(reasoning))], True
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if reasoning:
        message["reasoning_content"] = reasoning
    return message, "length" if cut else "stop", max(1, tokens(len(reasoning) + len(text)))
